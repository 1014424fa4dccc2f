"""`manage.py policy check`: the Command line paragraph of the policy file format, clause by clause. No test here has a database."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.unit.policy_files import BASE_TEXT, OVERLAY_TEXT, changed, criterion, document, text

ROOT = Path(__file__).parents[2]
KNEE_MET = {"duration": "met", "adult": "met", "drugs": "met", "infection": "not_met"}
GOT_MET = {"value": "met", "open": [], "settled": [], "reasons": [], "shortest": [], "next": "approve", "authority": "nurse"}

SETTLED = ["adult", "drugs", "therapy", "spaced", "infection"]  # of the base, once the exception is met


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Runs the command on files given as name=text or document; answers the exit code and what --json printed."""
    monkeypatch.chdir(tmp_path)

    def run(*missing, **files):
        for name, content in files.items():
            content = content if isinstance(content, str | bytes) else text(content)
            Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
        out, code = StringIO(), 0
        try:
            call_command("policy", "check", *files, *missing, "--json", stdout=out)
        except SystemExit as stop:
            code = stop.code
        return code, json.loads(out.getvalue())

    return run


def with_examples(*examples, name="base", **more):
    return document(name) | {"examples": list(examples)} | more


def errors(row):
    assert set(row) == {"file", "ok", "errors"}
    assert row["ok"] is False
    assert all(set(error) == {"path", "line", "message"} for error in row["errors"])
    return [error["path"] for error in row["errors"]]


def got(rows, file):
    return [row["got"] for row in rows if row["file"] == file]


def test_one_object_per_example(check):
    code, rows = check(base=BASE_TEXT)
    assert code == 0
    assert [(row["file"], row["rule"], row["name"], row["ok"]) for row in rows] == [
        ("base", "knee", "everything answered", True),
        ("base", "knee", "answered by checks", True),
        ("base", "hip", "nothing expected", True),
    ]
    assert all(set(row) == {"file", "rule", "name", "ok", "got"} for row in rows)
    assert rows[0]["got"] == GOT_MET | {"settled": ["therapy", "spaced"]}
    assert rows[2]["got"] == {
        "value": "undetermined",
        "open": ["hip_pain"],
        "settled": [],
        "reasons": [],
        "shortest": [{"criterion": "hip_pain", "needs": "met"}],
        "next": "continue",
        "authority": None,
    }


def test_a_failed_example_exits_1_and_the_others_are_told(check):
    code, rows = check(base=changed("examples[0].expect.value", "not_met"))
    assert (code, [row["ok"] for row in rows]) == (1, [False, True, True])


@pytest.mark.parametrize(
    ("expect", "ok"),
    [
        ({"value": "met"}, True),
        ({"value": None}, False),
        ({}, True),
        (None, True),
        ({"open": []}, True),
        ({"open": None}, False),
        ({"settled": ["therapy", "spaced"]}, True),
        ({"settled": ["spaced", "therapy"]}, False),
        ({"settled": ["therapy"]}, False),
        ({"shortest": []}, True),
        ({"shortest": [{"criterion": "therapy", "needs": "met"}]}, False),
        ({"authority": None}, False),
    ],
)
def test_only_what_is_expected_is_compared_and_lists_exactly(check, expect, ok):
    code, (row,) = check(base=with_examples({"name": "x", "rule": "knee", "findings": KNEE_MET, "expect": expect}))
    assert (code, row["ok"]) == (0 if ok else 1, ok)


def test_null_compares_with_null(check):
    code, (row,) = check(base=with_examples({"name": "x", "rule": "hip", "expect": {"authority": None, "value": "undetermined"}}))
    assert (code, row["ok"]) == (0, True)


def test_a_valid_file_without_examples(check):
    assert check(base=document() | {"examples": []}) == (0, [{"file": "base", "ok": True, "examples": 0}])


def test_an_invalid_file_is_one_object_and_the_others_still_run(check, tmp_path):
    (tmp_path / "folder").mkdir()
    code, rows = check("folder", "nowhere", "bad\0name", broken="format: [", empty="", base=BASE_TEXT, latin="title: ß".encode("latin-1"))
    assert code == 1
    assert [row["file"] for row in rows] == ["broken", "empty", "base", "base", "base", "latin", "folder", "nowhere", "bad\0name"]
    assert [errors(row) for row in rows if "errors" in row] == [[""]] * 6
    assert [row["errors"][0]["message"] for row in rows[6:]] == [
        "The file cannot be read: Is a directory.",
        "The file cannot be read: No such file or directory.",
        "The file cannot be read: embedded null byte.",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read(check, tmp_path):
    (tmp_path / "secret").write_text(BASE_TEXT)
    (tmp_path / "secret").chmod(0)
    assert errors(check("secret")[1][0]) == [""]


def test_the_same_slug_and_version_twice_is_an_error_in_the_later_file(check):
    code, rows = check(one=BASE_TEXT, two=BASE_TEXT)
    assert code == 1
    assert [row["ok"] for row in rows] == [True, True, True, False]
    assert errors(rows[3]) == ["version"]
    assert rows[3]["errors"][0]["line"] == 4


def test_two_versions_of_one_policy_are_allowed(check):
    assert check(one=BASE_TEXT, two=document() | {"version": "2"})[0] == 0


def test_an_invalid_file_has_its_slug_and_version_all_the_same(check):
    _, rows = check(one=document() | {"basis": "x"}, two=document())
    assert [errors(row) for row in rows] == [["basis"], ["version"]]


@pytest.mark.parametrize("findings", [{"palpation": "met"}, {"hip_pain": "met"}, {"tried": "met"}])
def test_findings_of_unknown_criteria_of_other_rules_and_of_groups(check, findings):
    code, (row,) = check(base=with_examples({"name": "x", "rule": "knee", "findings": findings}))
    assert (code, errors(row)) == (1, [f"examples[0].findings.{next(iter(findings))}"])


@pytest.mark.parametrize(
    ("expect", "path"),
    [
        ({"open": ["duration", "nobody"]}, "open[1]"),
        ({"settled": ["nobody"]}, "settled[0]"),
        ({"reasons": ["hip_pain"]}, "reasons[0]"),
        ({"shortest": [{"criterion": "nobody", "needs": "met"}]}, "shortest[0].criterion"),
    ],
)
def test_expected_criteria_that_are_unknown(check, expect, path):
    _, (row,) = check(base=with_examples({"name": "x", "rule": "knee", "expect": expect}))
    assert errors(row) == [f"examples[0].expect.{path}"]


def test_not_applicable_only_where_it_may_be(check):
    _, (row,) = check(
        base=with_examples({"name": "x", "rule": "knee", "findings": {"adult": "not_applicable", "duration": "not_applicable"}})
    )
    assert errors(row) == ["examples[0].findings.duration"]


def test_checks_run_only_with_facts_and_only_on_what_findings_leave_open(check):
    facts = document()["examples"][1]["facts"]
    _, rows = check(
        base=with_examples(
            {"name": "no facts", "rule": "knee"},
            {"name": "empty facts", "rule": "knee", "facts": {}},
            {"name": "facts", "rule": "knee", "facts": facts},
            {"name": "a finding goes before", "rule": "knee", "facts": facts, "findings": {"duration": "not_met", "drugs": None}},
        )
    )
    assert [row["got"]["next"] for row in rows] == ["continue", "request_information", "approve", "refer"]
    assert rows[3]["got"]["reasons"] == ["duration"]


# ---- overlays


def test_an_example_of_an_overlay_is_joined_to_its_base(check):
    code, rows = check(overlay=OVERLAY_TEXT, base=BASE_TEXT)
    assert code == 0
    assert got(rows, "overlay") == [GOT_MET | {"settled": SETTLED}]


def test_an_overlay_on_the_line_of_a_base_s_example(check):
    findings = KNEE_MET | {"duration": "not_met"}
    place = {"plan": "acme", "line_of_business": "commercial", "findings": findings, "rule": "knee"}
    received = {"received": "2026-03-02"}
    cases = {
        "matches, undated": ({}, ["undetermined"]),
        "matches, in force": ({"facts": received}, ["undetermined"]),
        "before it is in force": ({"facts": {"received": "2025-12-31"}}, ["not_met"]),
        "after the service, in force then": (
            {"facts": {"received": "2025-12-31", "first_service": "2026-01-01", "review_type": "postservice"}},
            ["undetermined"],
        ),
        "another plan": ({"plan": "other"}, ["not_met"]),
        "no plan": ({"plan": None}, ["not_met"]),
        "another line of business": ({"line_of_business": "medicaid"}, ["not_met"]),
        "the code it names": ({"facts": received | {"line": {"code": "20610"}}}, ["undetermined"]),
        "the code it does not name": ({"facts": received | {"line": {"code": "20611"}}}, ["not_met"]),
    }
    examples = [place | {"name": name} | more for name, (more, _) in cases.items()]
    _, rows = check(base=with_examples(*examples), overlay=document("overlay") | {"examples": []})
    assert {row["name"]: [row["got"]["value"]] for row in rows if "name" in row} == {name: value for name, (_, value) in cases.items()}


def test_a_base_s_example_may_name_criteria_of_an_overlay_beside_it(check):
    example = {"name": "x", "rule": "knee", "plan": "acme", "line_of_business": "commercial", "findings": {"acme_pain": "met"}}
    overlay = document("overlay") | {"examples": []}
    assert got(check(base=with_examples(example), overlay=overlay)[1], "base")[0]["value"] == "met"
    assert errors(check(base=with_examples(example))[1][0]) == ["examples[0].findings.acme_pain"]


def test_what_an_overlay_s_example_leaves_out_is_the_first_that_the_overlay_names(check):
    overlay = with_examples(
        {"name": "left out", "rule": "acme_knee", "findings": {"acme_pain": "met"}},
        {"name": "second plan", "rule": "acme_knee", "plan": "bolt", "findings": {"acme_pain": "met"}},
        {"name": "unnamed plan", "rule": "acme_knee", "plan": "other", "findings": {"acme_pain": "met"}},
        {"name": "unnamed business", "rule": "acme_knee", "line_of_business": "medicaid", "findings": {"acme_pain": "met"}},
        {"name": "any state", "rule": "acme_knee", "state": "NY", "findings": {"acme_pain": "met"}},
        name="overlay",
        applies_to={"plans": ["acme", "bolt"], "lines_of_business": ["commercial"]},
    )
    _, rows = check(overlay=overlay, base=BASE_TEXT)
    assert [found["value"] for found in got(rows, "overlay")] == ["met", "met", "undetermined", "undetermined", "met"]
    assert "acme_pain" not in got(rows, "overlay")[2]["open"]


def test_an_overlay_s_example_knows_no_other_exception_and_a_base_s_example_joins_all_in_the_order_of_slugs(check):
    second = changed("rules[0].criteria", criterion("second"), "overlay") | {"policy": "a-second", "version": "1", "examples": []}
    place = {"plan": "acme", "line_of_business": "commercial"}
    base = with_examples(
        {"name": "x", "rule": "knee", "findings": KNEE_MET | {"infection": "not_documented", "duration": "unclear"}} | place
    )
    _, rows = check(overlay=OVERLAY_TEXT, second=second, base=base)
    assert got(rows, "base")[0]["open"] == ["duration", "second", "acme_pain"]
    assert got(rows, "overlay")[0] == GOT_MET | {"settled": SETTLED}
    unknown = with_examples({"name": "x", "rule": "acme_knee", "findings": {"second": "met"}}, name="overlay")
    assert errors(check(overlay=unknown, second=second, base=base)[1][0]) == ["examples[0].findings.second"]


@pytest.mark.parametrize(
    "base", [{}, {"base": document() | {"basis": "x"}}, {"base": with_examples({"name": "x", "rule": "hip", "findings": {"no": "met"}})}]
)
def test_an_overlay_with_examples_needs_its_base_and_without_them_it_does_not(check, base):
    code, rows = check(overlay=OVERLAY_TEXT, **base)
    assert (code, errors(rows[0])) == (1, ["overlays"])
    assert check(overlay=document("overlay") | {"examples": []})[0] == 0


def test_an_overlay_whose_code_its_base_does_not_name(check):
    overlay = changed("rules[0].codes", ["64405"], "overlay")
    assert errors(check(overlay=overlay, base=BASE_TEXT)[1][0]) == ["examples[0].rule"]
    overlay["examples"][0]["facts"] = {"line": {"code": "64405"}}
    assert errors(check(overlay=overlay, base=BASE_TEXT)[1][0]) == ["examples[0].facts.line.code"]
    overlay["rules"][0]["codes"] = ["64405", "20611"]
    del overlay["examples"][0]["facts"]
    assert check(overlay=overlay, base=BASE_TEXT)[0] == 0


def test_an_overlay_of_itself_of_an_overlay_and_in_a_circle(check):
    bare = document("overlay") | {"examples": []}
    assert errors(check(overlay=bare | {"overlays": bare["policy"]})[1][0]) == ["overlays"]
    second = bare | {"policy": "second", "overlays": bare["policy"]}
    _, rows = check(base=BASE_TEXT, overlay=bare, second=second)
    assert [row["ok"] for row in rows] == [True, True, True, True, False]
    assert errors(rows[4]) == ["overlays"]
    _, rows = check(one=bare | {"overlays": "second"}, second=second)
    assert [errors(row) for row in rows] == [["overlays"], ["overlays"]]


def test_a_shared_criterion_id_is_an_error_in_the_overlay_s_file(check):
    overlay = changed("rules[0].criteria.all[0].id", "infection", "overlay") | {"examples": []}
    for files in ({"overlay": overlay, "base": BASE_TEXT}, {"base": BASE_TEXT, "overlay": overlay}):
        code, rows = check(**files)
        broken = [row for row in rows if not row["ok"]]
        assert (code, [row["file"] for row in broken], errors(broken[0])) == (1, ["overlay"], ["rules[0].criteria.all[0].id"])
        assert "infection" in broken[0]["errors"][0]["message"]


def test_an_exception_shares_no_id_with_a_rule_of_its_base_that_it_does_not_join(check):
    first = document()["rules"][0]["criteria"]["all"][0]["id"]
    rules = [document()["rules"][1] | {"id": "other", "codes": ["99999"], "criteria": criterion(first)}]
    overlay = document("overlay") | {"rules": rules, "examples": []}
    _, rows = check(base=BASE_TEXT, overlay=overlay)
    assert errors(rows[-1]) == ["rules[0].criteria.id"]
    assert check(overlay=overlay)[0] == 0


def test_exceptions_that_can_join_one_line_share_no_id_and_those_of_different_plans_may(check):
    one = document("overlay") | {"examples": []}
    same, other = one | {"policy": "same"}, one | {"policy": "other", "applies_to": {"plans": ["other"]}}
    later = one | {"policy": "later", "effective": {"from": "2030-01-01"}}
    assert [row["ok"] for row in check(base=document() | {"examples": []}, one=one, same=same)[1]] == [True, True, False]
    assert check(base=BASE_TEXT, one=one | {"effective": {"from": "2026-01-01", "until": "2029-12-31"}}, other=other, later=later)[0] == 0


def test_the_base_of_an_overlay_s_example_is_the_version_in_force_that_begins_later_else_the_latest(check):
    def base(version, begins, until, name):
        rules = [document()["rules"][1] | {"codes": ["20610"], "criteria": criterion(name)}]
        return document() | {"version": version, "effective": {"from": begins, "until": until}, "rules": rules, "examples": []}

    example = {"rule": "acme_knee", "plan": "other"}
    overlay = with_examples(
        example | {"name": "undated"},
        example | {"name": "both in force", "facts": {"received": "2026-06-01"}},
        example | {"name": "only the first", "facts": {"received": "2026-02-01"}},
        example | {"name": "neither", "facts": {"received": "2020-01-01"}},
        name="overlay",
    )
    files = {"new": base("1", "2026-05-01", "2026-12-31", "newer"), "old": base("2", "2026-01-01", "2026-12-31", "older")}
    _, rows = check(overlay=overlay, **files)
    assert [found["open"] for found in got(rows, "overlay")] == [["newer"], ["newer"], ["older"], ["newer"]]


def test_of_two_versions_of_one_overlay_the_later_joins(check):
    old = document("overlay") | {"examples": []}
    new = changed("rules[0].criteria.all[0].id", "acme_new", "overlay") | {
        "examples": [],
        "version": "2",
        "effective": {"from": "2026-02-01"},
    }
    place = {"rule": "knee", "plan": "acme", "line_of_business": "commercial", "findings": {"duration": "not_met"}}
    base = with_examples(
        place | {"name": "both in force", "facts": {"received": "2026-03-01"}, "expect": {"open": ["acme_new"]}},
        place | {"name": "the old one", "facts": {"received": "2026-01-31"}, "expect": {"open": ["acme_pain"]}},
    )
    assert check(new=new, old=old, base=base)[0] == 0


# ---- the terminal


def test_text_is_one_line_each(tmp_path, capsys):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(BASE_TEXT.replace("value: met, authority: physician", "value: not_met, authority: nurse"))
    bad.write_text(OVERLAY_TEXT.replace("acme_pain, text", "acme pain, text"))
    with pytest.raises(SystemExit) as stop:
        call_command("policy", "check", str(good), str(bad))
    assert stop.value.code == 1
    assert capsys.readouterr().out.splitlines() == [
        f"ok      {good}: knee: everything answered",
        f"FAILED  {good}: knee: answered by checks; value: expected not_met, got met; authority: expected nurse, got physician",
        f"ok      {good}: hip: nothing expected",
        (
            f'INVALID {bad}:19: rules[0].criteria.all[0].id: "acme pain" is not allowed here. '
            "Allowed: text: letters, digits, hyphen and underscore."
        ),
    ]


def test_it_runs_without_a_database_and_prints_nothing_but_json(tmp_path):
    file = tmp_path / "base.yaml"
    file.write_text(BASE_TEXT.replace("name: everything answered", "name: ángel"))
    run = subprocess.run(
        [sys.executable, ROOT / "manage.py", "policy", "check", file, "--json"],
        env={"PATH": "/usr/bin", "DEBUG": "on", "DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3", "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert [row["name"] for row in json.loads(run.stdout)] == ["ángel", "answered by checks", "nothing expected"]
    assert not (tmp_path / "none.sqlite3").exists()
