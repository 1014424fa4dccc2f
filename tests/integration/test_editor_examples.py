"""Trying a rule and keeping examples in the editor: an exception with its base, facts and expectations in forms, what came of it."""

import pytest

from criteria.actions import save_draft
from tests.factories import user
from tests.integration.test_editor import ROOT, criteria, do, now, papers, save, signed_in, url, words
from tests.small_policies import drafted, published, small

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
EXAMPLE = "examples[0]"


@pytest.fixture
def editor():
    return signed_in("policy_editor")


@pytest.fixture
def draft():
    return drafted(small())


@pytest.fixture
def exception():
    published(small())
    return drafted(small("acme", of="joint-shots", plans=["acme"]))


def tried(client, version, **findings):
    return client.get(url(version), {"at": ROOT} | {f"f-{name}": finding for name, finding in findings.items()}).context["try"]


def example_in(client, version, number=0):
    return client.get(url(version), {"tab": "examples", "at": f"examples[{number}]"}).context["example"]


# ---- an exception with its base


def test_an_exception_is_tried_with_its_base(editor, exception):
    shown = tried(editor, exception, **{"acme-pain": "not_documented"})
    assert [(part.label, part.title, part.folded) for part in shown.parts] == [
        ("Exception", "Hip shots", ""),
        ("Base policy", "Joint shots 1", ""),
    ]
    assert [row.name for row in shown.rows] == ["acme-pain", "hip_pain"]
    assert (shown.title, shown.steps, shown.note) == ("Undecided: 2 open", ("Hip pain: met",), "")
    assert papers(shown)["In the request"] == ["Where it hurts", "Where it hurts"]


def test_the_base_is_folded_once_it_cannot_help(editor, exception):
    met = tried(editor, exception, **{"acme-pain": "met"})
    assert (met.title, met.parts[1].folded) == (
        "Met: a medical director certifies",
        "The exception is met, so the base policy is not needed.",
    )
    unmet = tried(editor, exception, hip_pain="not_met")
    assert (unmet.title, unmet.parts[1].folded) == (
        "Undecided: 1 open",
        "The base policy is not met as marked, so only the exception can help.",
    )
    assert tried(editor, exception, hip_pain="not_met", **{"acme-pain": "not_met"}).title == "Not met: a medical director decides"


def test_no_base_in_force_is_said(editor):
    published(small(begins="2026-05-01"))
    exception = drafted(small("acme", of="joint-shots", plans=["acme"]))
    shown = tried(editor, exception)
    assert shown.note == "No version of its base policy joint-shots is in force today, so the exception is tried alone."
    assert [part.label for part in shown.parts] == [""]


def test_a_base_without_the_code_is_said(editor, exception):
    save(editor, exception, "rules[0]", codes="64405")
    assert tried(editor, exception).note == "Joint shots 1 has no rule for 64405, so the exception joins nothing and is tried alone."


def test_what_was_tried_of_an_exception_is_an_example_that_holds(editor, exception):
    do(editor, exception, "example", **{"f-acme-pain": "not_met", "f-hip_pain": "not_documented"})
    assert now(exception).document["examples"][-1] == {
        "name": "Hip pain: not met; Hip pain: not documented",
        "rule": "hip",
        "findings": {"acme-pain": "not_met", "hip_pain": "not_documented"},
        "expect": {"value": "undetermined", "open": ["hip_pain"], "next": "request_information"},
    }
    page = editor.get(url(exception))
    assert ("Examples: 2 of 2 hold." in words(page), page.context["blockers"]) == (True, [])


def test_an_example_of_an_exception_names_criteria_of_both(editor, exception):
    shown = example_in(editor, exception)
    assert [(title, [line.name for line in lines]) for title, lines in shown.parts] == [
        ("The exception", ["acme-pain"]),
        ("Base policy", ["hip_pain"]),
    ]


def test_an_example_of_a_base_names_those_of_its_exceptions(editor):
    published(small())
    published(small("acme", of="joint-shots", plans=["acme"]))
    second = drafted(small(version="2", begins="2026-05-01"))
    assert [title for title, _ in example_in(editor, second).parts] == ["", "Exception: Acme 1"]
    save(editor, second, EXAMPLE, plan="acme", **{"findings.acme-pain": "met", "findings.hip_pain": ""})
    assert example_in(editor, second).result.word == "Holds"


# ---- the try-out as a nurse sees it


def test_groups_help_and_what_no_longer_counts(editor, draft):
    do(editor, draft, "add")
    save(editor, draft, kind="any", title="One of two")
    save(editor, draft, f"{ROOT}.any[0]", help="Ask where.")
    save(editor, draft, f"{ROOT}.any[1]", text="Another pain")
    shown = tried(editor, draft, hip_pain="met")
    [part] = shown.parts
    assert [(entry.is_group, entry.text, entry.depth, entry.standing) for entry in part.entries] == [
        (True, "One of these: one of two", 0, "met"),
        (False, "Hip pain", 1, ""),
        (False, "Another pain", 1, "no longer needed"),
    ]
    page = words(editor.get(url(draft), {"at": ROOT}))
    assert "How to judge it<span" in page
    assert "Ask where." in page


def test_wordings_are_shown_in_both_languages(editor, draft):
    save(editor, draft, **{"reason.es": "Sin dolor."})
    for language, said in (("en", ("No hip pain.", "en", False)), ("es", ("Sin dolor.", "es", False))):
        page = editor.get(url(draft), {"at": ROOT, "f-hip_pain": "not_met", "language": language})
        assert [(line.text, line.language, line.is_missing) for line in page.context["try"].papers[0].lines] == [said]
    asked = editor.get(url(draft), {"at": ROOT, "f-hip_pain": "unclear", "language": "es"}).context["try"].papers[0]
    assert [(line.text, line.language, line.is_missing) for line in asked.lines] == [("Where it hurts", "en", True)]


# ---- the form of an example


def test_an_example_is_added_by_hand(editor, draft):
    assert do(editor, draft, "case", "")["Location"].endswith("at=examples%5B1%5D")
    assert now(draft).document["examples"][1] == {"name": "A new example", "rule": "hip"}
    assert example_in(editor, draft, 1).result.word == "Holds"


def test_facts_are_written_in_rows(editor, draft):
    rows = {"facts.received": "2026-03-02", "facts.diagnoses[0].code": "M16.0", "facts.diagnoses[0].certainty": "confirmed"}
    save(editor, draft, EXAMPLE, **rows)
    assert now(draft).document["examples"][0]["facts"] == {
        "received": "2026-03-02",
        "diagnoses": [{"code": "M16.0", "certainty": "confirmed"}],
    }
    [table, *_] = example_in(editor, draft).tables
    assert [[cell.value for cell in row] for row in table.rows] == [["M16.0", "confirmed"], ["", ""]]
    save(editor, draft, EXAMPLE, **{"facts.diagnoses[0].code": "", "facts.diagnoses[0].certainty": ""})
    assert now(draft).document["examples"][0]["facts"] == {"received": "2026-03-02"}


def test_facts_answer_checks(editor, draft):
    save(editor, draft, check="age")
    save(editor, draft, check="age", **{"check.age.at_least": "18"})
    save(editor, draft, EXAMPLE, **{"findings.hip_pain": "", "facts.received": "2026-03-02", "facts.birth_date": "2020-01-01"})
    result = example_in(editor, draft).result
    assert (result.word, [str(each) for each in result.differences]) == ("Fails", ["Value: expected met, got not met"])
    do(editor, draft, "expect", EXAMPLE)
    assert now(draft).document["examples"][0]["expect"] == {"value": "not_met"}
    assert example_in(editor, draft).result.word == "Holds"


def test_what_is_wrong_with_a_fact_is_said_at_its_rows(editor, draft):
    save(editor, draft, EXAMPLE, **{"facts.diagnoses[0].code": "M16.0", "facts.received": "some day"})
    shown = example_in(editor, draft)
    assert shown.tables[0].errors == ("Row 1, Certainty: This is still empty.",)
    [received] = [field for field in shown.facts if field.name == "facts.received"]
    assert (received.value, received.input_type, len(received.errors)) == ("some day", "text", 1)
    assert shown.result.word == "Not run yet"


def test_lists_are_expected_by_ticking(editor, draft):
    do(editor, draft, "add")
    save(editor, draft, f"{ROOT}.all[1]", text="More", **{"ask.en": "More?", "reason.en": "No.", "missing.en": "Nothing."})
    ticked = {"expect.value": "undetermined", "compare.open": "on", "expect.open": ["criterion-1"]}
    save(editor, draft, EXAMPLE, **ticked, **{"expect.shortest.criterion-1": "met"})
    assert now(draft).document["examples"][0]["expect"] == {
        "value": "undetermined",
        "open": ["criterion-1"],
        "shortest": [{"criterion": "criterion-1", "needs": "met"}],
    }
    assert example_in(editor, draft).result.word == "Holds"
    save(editor, draft, EXAMPLE, **{"expect.open": ["hip_pain"]})
    assert [str(each) for each in example_in(editor, draft).result.differences] == [
        "Open: missing “Hip pain” (hip_pain), not expected “More” (criterion-1)"
    ]
    page = words(editor.get(url(draft), {"tab": "examples", "at": EXAMPLE}))
    assert 'missing Hip pain <small class="faint"><code>hip_pain</code></small>' in page
    assert 'not expected More <small class="faint"><code>criterion-1</code></small>' in page


def test_what_an_example_names_and_is_gone_is_shown(editor, draft):
    document = now(draft).document
    document["examples"][0] |= {"findings": {"gone": "met"}, "expect": {"open": ["lost"]}}
    save_draft(version_id=draft.pk, document=document, revision=1, by=user("policy_editor"))
    shown = example_in(editor, draft)
    assert [(title, [line.name for line in lines]) for title, lines in shown.parts] == [
        ("", ["hip_pain"]),
        ("Of no criterion here", ["gone", "lost"]),
    ]
    save(editor, draft, EXAMPLE, name="Another name")
    assert now(draft).document["examples"][0] == document["examples"][0] | {"name": "Another name"}


def test_a_refused_save_keeps_rows_and_ticks(editor, draft):
    do(editor, draft, "add")
    sent = {"facts.diagnoses[0].code": "M16.0", "compare.reasons": "on", "expect.reasons": ["hip_pain"]}
    response = save(editor, draft, EXAMPLE, revision=1, **sent)
    shown = response.context["example"]
    assert (response.status_code, shown.tables[0].rows[0][0].value) == (409, "M16.0")
    assert [column.key for column in shown.columns if column.is_compared] == ["reasons"]
    assert [ticked for column, ticked in shown.parts[0][1][0].ticks] == [False, False, True]


@pytest.mark.parametrize("value", [None, 7, "x", [], [7], ["x"], {}, {"a": 7}, [{"code": 7, "side": []}]])
def test_an_example_with_anything_in_it_has_its_form(editor, draft, value):
    revision = 1
    keys = (
        "facts",
        "findings",
        "expect",
        "name",
        "rule",
        "plan",
        "facts.line",
        "facts.diagnoses",
        "facts.line.sites",
        "expect.open",
        "expect.shortest",
    )
    for key in keys:
        document = small()
        *above, last = key.split(".")
        holder = document["examples"][0]
        for part in above:
            holder = holder.setdefault(part, {})
        holder[last] = value
        save_draft(version_id=draft.pk, document=document, revision=revision, by=user("policy_editor"))
        assert editor.get(url(draft), {"tab": "examples", "at": EXAMPLE}).status_code == 200, key
        assert save(editor, draft, EXAMPLE).status_code == 302, key
        revision = now(draft).revision


def test_removing_says_what_and_how_it_comes_back(editor, draft):
    do(editor, draft, "add")
    page = editor.post(url(draft, "editor_do"), {"op": "delete", "at": f"{ROOT}.all[0]", "tab": "tree", "revision": 2}, follow=True)
    assert "Removed: “Hip pain”. Undo brings it back." in words(page)
    do(editor, draft, "undo")
    assert criteria(draft)["all"][0]["id"] == "hip_pain"
