"""The Errors paragraph of the policy file format, clause by clause: each error names its path and what is allowed."""

import pytest

from criteria.format import load, validate
from tests.unit.policy_files import BASE_TEXT, LEFT_OUT, changed, criterion, document, text

FIRST = "rules[0].criteria.all[0]"
ADULT = "rules[0].criteria.all[1]"
TRIED = "rules[0].criteria.all[2].any"
COUNTED = f"{TRIED}[1].at_least"
INFECTION = "rules[0].criteria.all[3].none[0]"
FACTS = "examples[1].facts"


def groups(deep):
    node = criterion("deep")
    for _ in range(deep):
        node = {"all": [node]}
    return node


REQUIRED = [
    *("format", "policy", "version", "title", "basis", "source", "source.name", "effective", "effective.from", "rules"),
    *(f"rules[0].{key}" for key in ("id", "codes", "name", "lay_name", "authority", "criteria")),
    *(f"{FIRST}.{key}" for key in ("id", "text", "ask", "reason")),
    *(f"references[0].{key}" for key in ("id", "kind", "title")),
    *(f"rules[0].evidence_notes[0].{key}" for key in ("says", "leans")),
    *(f"examples[0].{key}" for key in ("name", "rule")),
    *(f"{FACTS}.diagnoses[0].{key}" for key in ("code", "certainty")),
    *(f"{FACTS}.sessions[0].{key}" for key in ("code", "date")),
    *(f"{COUNTED}.{key}" for key in ("n", "of")),
    *("rules[0].lay_name.en", f"{ADULT}.ask.en", f"{ADULT}.reason.en", f"{ADULT}.missing.en"),
]


@pytest.mark.parametrize("path", REQUIRED)
def test_required_keys(path):
    errors = validate(changed(path, LEFT_OUT))
    found = [error for error in errors if error.path == path]
    assert [error.message.split(" and missing")[0] for error in found] == [f"{path.split('.')[-1]} is required here"]


@pytest.mark.parametrize("path", [path for path in REQUIRED if not path.endswith(".en")])
def test_null_is_no_value_where_one_is_required(path):
    assert path in [error.path for error in validate(changed(path, None))]


OPTIONAL = [
    *("next_review", "applies_to", "applies_to.plans", "applies_to.states", "applies_to.lines_of_business", "overlays", "summary"),
    *("pitfalls", "source.revision", "source.url", "effective.until", "examples"),
    *(f"references[0].{key}" for key in ("publisher", "year", "url")),
    *(f"rules[0].{key}" for key in ("evidence_notes", "notes_on_approval", "verify")),
    *(f"rules[0].evidence_notes[0].{key}" for key in ("cites", "verify")),
    *(f"{ADULT}.{key}" for key in ("help", "needs", "missing", "verify", "cites", "family", "evidence", "authority", "check")),
    *(f"{INFECTION}.{key}" for key in ("silence", "check")),
    *("rules[0].criteria.all[2].id", "rules[0].criteria.all[2].title", f"{ADULT}.check.age.at_most", f"{ADULT}.check.age.at_least"),
    *(f"{TRIED}[0].check.treatments.{key}" for key in ("at_least", "response", "how_many", "within")),
    *(f"examples[1].{key}" for key in ("plan", "line_of_business", "state", "facts", "findings", "expect")),
    *(f"{FACTS}.{key}" for key in ("review_type", "received", "first_service", "birth_date", "symptom_onset", "diagnoses")),
    *(f"{FACTS}.{key}" for key in ("treatments", "sessions", "line", "other_lines", "line.code", "line.units", "line.sites")),
    *(f"{FACTS}.treatments[0].{key}" for key in ("kind", "agent", "from", "to", "response")),
    *(f"{FACTS}.{key}" for key in ("sessions[0].source", "line.examined_sites", "line.sites[0].side", "other_lines[0].first_service")),
    *(f"examples[0].expect.{key}" for key in ("value", "open", "settled", "reasons", "shortest", "next", "authority")),
]


@pytest.mark.parametrize("path", OPTIONAL)
def test_everything_else_may_be_left_out_or_null(path):
    assert validate(changed(path, LEFT_OUT)) == ()
    assert validate(changed(path, None)) == ()


WRONG = {
    "unknown key at the top": ("colour", 1, "colour", "Unknown key colour."),
    "unknown key, a slip": ("rules[0].lay_names", "x", "rules[0].lay_names", "Did you mean lay_name?"),
    "unknown key in a criterion": (f"{FIRST}.texts", "x", f"{FIRST}.texts", "Allowed here: id, silence"),
    "unknown key in applies_to": ("applies_to.plan", [], "applies_to.plan", "lines_of_business, plans, states"),
    "unknown key in at_least": (f"{COUNTED}.m", 1, f"{COUNTED}.m", "Allowed here: n, of"),
    "unknown check": (f"{FIRST}.check.weight", {}, f"{FIRST}.check.weight", "symptom_duration, age"),
    "unknown key in a check": (f"{ADULT}.check.age.over", 3, f"{ADULT}.check.age.over", "at_least, at_most"),
    "unknown key in facts": (f"{FACTS}.weight", 3, f"{FACTS}.weight", "review_type"),
    "unknown key in expect": ("examples[0].expect.outcome", "met", "examples[0].expect.outcome", "value, open"),
    "format 2": ("format", 2, "format", "the number 1"),
    "format true": ("format", True, "format", "the number 1"),
    "format as text": ("format", "1", "format", "without quotes"),
    "format 1.0": ("format", 1.0, "format", "the number 1"),
    "basis": ("basis", "policy", "basis", "ncd, lcd, plan_policy, guideline"),
    "source as text": ("source", "Plan", "source", "a mapping with name"),
    "rules as a mapping": ("rules", {}, "rules", "a list of"),
    "no rule": ("rules", [], "rules", "at least one"),
    "rule as text": ("rules[1]", "hip", "rules[1]", "a mapping"),
    "codes as text": ("rules[0].codes", "20610", "rules[0].codes", "a list of"),
    "no code": ("rules[0].codes", [], "rules[0].codes", "at least one"),
    "code as a number": ("rules[0].codes[0]", 20610, "rules[0].codes[0]", "text"),
    "code of odd letters": ("rules[0].codes[0]", "20-610", "rules[0].codes[0]", "letters and digits"),
    "version as a number": ("version", 2026.1, "version", "text"),
    "empty title": ("title", "", "title", "not empty"),
    "blank title": ("title", " \n", "title", "not empty"),
    "NUL in text": ("title", "a\0b", "title", "control character"),
    "half a character": ("title", "a\ud800b", "title", "control character"),
    "slug with a space": ("policy", "joint shots", "policy", "letters, digits, hyphen and underscore"),
    "slug with a line end": ("policy", "joint\n", "policy", "letters, digits, hyphen and underscore"),
    "slug with an accent": ("policy", "jöint", "policy", "letters, digits, hyphen and underscore"),
    "slug too long": ("policy", "a" * 81, "policy", "at most 80"),
    "id with a dot": (f"{FIRST}.id", "a.b", f"{FIRST}.id", "letters, digits"),
    "script as an address": ("source.url", "javascript:alert(1)", "source.url", "a web address"),
    "state in small letters": ("applies_to.states[0]", "oh", "applies_to.states[0]", "two capital letters"),
    "line of business": ("applies_to.lines_of_business[0]", "hmo", "applies_to.lines_of_business[0]", "erisa_self_funded"),
    "a plan twice": ("applies_to.plans", ["a", "a"], "applies_to.plans[1]", "twice"),
    "authority": ("rules[0].authority", "director", "rules[0].authority", "nurse, physician"),
    "family": (f"{ADULT}.family", "other", f"{ADULT}.family", "medical_necessity, experimental, benefit_limit, concurrency"),
    "evidence": (f"{ADULT}.evidence", True, f"{ADULT}.evidence", "required, optional"),
    "may_not_apply as text": (f"{ADULT}.may_not_apply", "yes", f"{ADULT}.may_not_apply", "true or false"),
    "kind of reference": ("references[0].kind", "book", "references[0].kind", "policy, guideline, research, regulation"),
    "leans": ("rules[0].evidence_notes[0].leans", "against", "rules[0].evidence_notes[0].leans", "supports, limits"),
    "year as text": ("references[0].year", "2020", "references[0].year", "without quotes"),
    "year true": ("references[0].year", True, "references[0].year", "whole number"),
    "wording as a list": (f"{FIRST}.ask", ["x"], f"{FIRST}.ask", "languages"),
    "wording without English": (f"{FIRST}.ask", {"es": "Edad"}, f"{FIRST}.ask.en", "en is required"),
    "empty wording": (f"{FIRST}.ask", {"en": ""}, f"{FIRST}.ask.en", "not empty"),
    "odd language": (f"{FIRST}.ask", {"en": "x", "Span ish": "x"}, f'{FIRST}.ask["Span ish"]', "language code"),
    "pitfall null": ("pitfalls", [None], "pitfalls[0]", "text"),
    "reference twice": ("references[1]", {"id": "ref-1", "kind": "policy", "title": "x"}, "references[1].id", "earlier"),
    "rule twice": ("rules[1].id", "knee", "rules[1].id", "A rule named knee stands earlier"),
    "example twice": ("examples[1].name", "everything answered", "examples[1].name", "earlier"),
    "criterion twice": ("rules[1].criteria.id", "duration", "rules[1].criteria.id", "earlier"),
    "group named like a criterion": ("rules[0].criteria.id", "adult", f"{ADULT}.id", "earlier"),
    "dangling in a criterion": (f"{ADULT}.cites[1]", "ref-2", f"{ADULT}.cites[1]", "Allowed: ref-1."),
    "dangling in a note": ("rules[0].evidence_notes[0].cites", ["x"], "rules[0].evidence_notes[0].cites[0]", "Allowed: ref-1."),
    "code in two rules": ("rules[1].codes", ["27093", "20611"], "rules[1].codes[1]", "the rule knee"),
    "code twice in a rule": ("rules[1].codes", ["27093", "27093"], "rules[1].codes[1]", "this rule"),
    "empty all": ("rules[0].criteria.all", [], "rules[0].criteria.all", "at least one"),
    "empty any": (TRIED, [], TRIED, "at least one"),
    "empty none": ("rules[0].criteria.all[3].none", [], "rules[0].criteria.all[3].none", "at least one"),
    "empty at_least": (f"{COUNTED}.of", [], f"{COUNTED}.of", "at least one"),
    "all of nothing": ("rules[0].criteria.all", None, "rules[0].criteria.all", "holds nothing"),
    "at_least of nothing": (COUNTED, None, COUNTED, "holds nothing"),
    "n of 0": (f"{COUNTED}.n", 0, f"{COUNTED}.n", "from 1"),
    "n above the children": (f"{COUNTED}.n", 3, f"{COUNTED}.n", "Allowed: 1 to 2."),
    "n true": (f"{COUNTED}.n", True, f"{COUNTED}.n", "whole number"),
    "n 1.0": (f"{COUNTED}.n", 1.0, f"{COUNTED}.n", "whole number"),
    "neither criterion nor group": ("rules[1].criteria", {"id": "x"}, "rules[1].criteria.text", "required"),
    "two kinds of group": ("rules[0].criteria.any", [criterion("x")], "rules[0].criteria", "all and any"),
    "criterion and group": ("rules[0].criteria.text", "x", "rules[0].criteria", "text and all"),
    "node as text": ("rules[1].criteria", "Hip pain", "rules[1].criteria", "a group with exactly one of all, any, at_least, none"),
    "silence at the root": ("rules[1].criteria.silence", "absent", "rules[1].criteria.silence", "odd number of none"),
    "silence under two none": (
        "rules[0].criteria.all[3].none[0]",
        {"none": [criterion("x", silence="absent")]},
        "rules[0].criteria.all[3].none[0].none[0].silence",
        "odd number of none",
    ),
    "silence of another kind": (f"{INFECTION}.silence", "present", f"{INFECTION}.silence", "absent"),
    "until before from": ("effective.until", "2025-12-31", "effective.until", "before from"),
    "no such day": ("effective.from", "2026-02-30", "effective.from", "YYYY-MM-DD"),
    "a day in January as written there": ("effective.from", "1/2/2026", "effective.from", "YYYY-MM-DD"),
    "a week date": ("effective.from", "2026-W01-1", "effective.from", "YYYY-MM-DD"),
    "a date without hyphens": ("effective.from", "20260101", "effective.from", "YYYY-MM-DD"),
    "a datetime": ("effective.from", "2026-01-01T00:00:00", "effective.from", "without a time"),
    "a year before the calendar": (f"{FACTS}.received", "0001-01-01", f"{FACTS}.received", "from 1800"),
    "a date as a number": ("next_review", 2026, "next_review", "YYYY-MM-DD"),
    "overlays itself": ("overlays", "joint-shots", "overlays", "cannot overlay itself"),
    "two checks": (f"{FIRST}.check.units", {"at_most": 1}, f"{FIRST}.check", "exactly one of"),
    "no check": (f"{FIRST}.check", {}, f"{FIRST}.check", "exactly one of"),
    "both bounds of a duration": (f"{FIRST}.check.symptom_duration.at_least", "1 year", f"{FIRST}.check.symptom_duration", "exactly one"),
    "no bound of a duration": (f"{FIRST}.check.symptom_duration", {}, f"{FIRST}.check.symptom_duration", "exactly one"),
    "no age": (f"{ADULT}.check.age", {}, f"{ADULT}.check.age", "at least one of at_least, at_most"),
    "ages turned round": (f"{ADULT}.check.age.at_most", 17, f"{ADULT}.check.age.at_most", "Allowed: 18 or more."),
    "age below 0": (f"{ADULT}.check.age.at_least", -1, f"{ADULT}.check.age.at_least", "from 0"),
    "no diagnosis": (f"{INFECTION}.check.diagnosis.any_of", [], f"{INFECTION}.check.diagnosis.any_of", "at least one"),
    "star in the middle": (f"{INFECTION}.check.diagnosis.any_of[0]", "M*1", f"{INFECTION}.check.diagnosis.any_of[0]", "last character"),
    "two stars": (f"{INFECTION}.check.diagnosis.any_of[0]", "M**", f"{INFECTION}.check.diagnosis.any_of[0]", "last character"),
    "how_many above the kinds": (f"{TRIED}[0].check.treatments.how_many", 3, f"{TRIED}[0].check.treatments.how_many", "1 to 2"),
    "how_many 0": (f"{TRIED}[0].check.treatments.how_many", 0, f"{TRIED}[0].check.treatments.how_many", "from 1"),
    "a kind twice": (f"{TRIED}[0].check.treatments.any_of", ["nsaid", "nsaid"], f"{TRIED}[0].check.treatments.any_of[1]", "twice"),
    "response": (f"{TRIED}[0].check.treatments.response", "bad", f"{TRIED}[0].check.treatments.response", "failed, partial"),
    "no response": (f"{TRIED}[0].check.treatments.response", [], f"{TRIED}[0].check.treatments.response", "at least one"),
    "trial that ends first": (f"{FACTS}.treatments[0].to", "2025-09-30", f"{FACTS}.treatments[0].to", "before it starts"),
    "onset of odd form": (f"{FACTS}.symptom_onset", "August 2025", f"{FACTS}.symptom_onset", "YYYY-MM or YYYY"),
    "onset month 13": (f"{FACTS}.symptom_onset", "2025-13", f"{FACTS}.symptom_onset", "YYYY-MM or YYYY"),
    "review type": (f"{FACTS}.review_type", "retro", f"{FACTS}.review_type", "preservice, concurrent, postservice"),
    "side": (f"{FACTS}.line.sites[0].side", "both", f"{FACTS}.line.sites[0].side", "left, right, bilateral"),
    "certainty": (f"{FACTS}.diagnoses[0].certainty", "sure", f"{FACTS}.diagnoses[0].certainty", "confirmed, possible"),
    "session's source": (f"{FACTS}.sessions[0].source", "paid", f"{FACTS}.sessions[0].source", "approved, reported"),
    "units 0": (f"{FACTS}.line.units", 0, f"{FACTS}.line.units", "from 1"),
    "code that is not the rule's": (f"{FACTS}.line.code", "27093", f"{FACTS}.line.code", "Allowed: 20610, 20611."),
    "unknown rule": ("examples[0].rule", "elbow", "examples[0].rule", "Allowed: knee, hip."),
    "a group is no rule": ("examples[0].rule", "tried", "examples[0].rule", "Allowed: knee, hip."),
    "odd finding": ("examples[0].findings.duration", "yes", "examples[0].findings.duration", "met, not_met, unclear"),
    "finding true": ("examples[0].findings.duration", True, "examples[0].findings.duration", "met, not_met, unclear"),
    "expected value": ("examples[0].expect.value", "approved", "examples[0].expect.value", "met, not_met, undetermined"),
    "expected next": ("examples[0].expect.next", "deny", "examples[0].expect.next", "approve, refer, continue, request_information"),
    "expected list as text": ("examples[0].expect.open", "duration", "examples[0].expect.open", "a list of"),
    "expected step": (
        "examples[0].expect.shortest",
        [{"criterion": "adult", "needs": "unclear"}],
        "examples[0].expect.shortest[0].needs",
        "one of met, not_met",
    ),
    "example's state": ("examples[1].state", "Ohio", "examples[1].state", "two capital letters"),
}


@pytest.mark.parametrize(("path", "value", "where", "words"), WRONG.values(), ids=WRONG)
def test_each_error_names_its_path_and_what_is_allowed(path, value, where, words):
    errors = validate(changed(path, value))
    assert where in [error.path for error in errors], errors
    assert any(error.path == where and words in error.message for error in errors), errors


CHECKS = [
    ({"symptom_duration": {"at_least": "1 year"}}, True),
    ({"symptom_duration": {"more_than": "0 days"}}, False),
    ({"symptom_duration": {"more_than": "3 month"}}, True),
    ({"symptom_duration": {"more_than": "1 fortnight"}}, False),
    ({"symptom_duration": {"more_than": "three months"}}, False),
    ({"symptom_duration": {"more_than": "3  months"}}, False),
    ({"symptom_duration": {"more_than": "03 months"}}, False),
    ({"symptom_duration": {"more_than": 3}}, False),
    ({"symptom_duration": {"more_than": "501 years"}}, False),
    ({"symptom_duration": {"more_than": "99999999999999999999 days"}}, False),
    ({"age": {"at_least": 0}}, True),
    ({"age": {"at_least": 18, "at_most": 18}}, True),
    ({"age": {"at_most": True}}, False),
    ({"diagnosis": {"any_of": ["M54.81", "g43*"]}}, True),
    ({"diagnosis": {"any_of": "M54.81"}}, False),
    ({"treatments": {"any_of": ["nsaid"]}}, True),
    ({"treatments": {"any_of": []}}, False),
    ({"treatments": {"response": "failed"}}, False),
    ({"treatments": {"any_of": ["nsaid", "rest"], "how_many": 2, "response": ["failed", "contraindicated"], "within": "1 week"}}, True),
    ({"prior_sessions": {"at_most": 3, "within": "12 months"}}, True),
    ({"prior_sessions": {"at_most": 0, "within": "12 months"}}, False),
    ({"prior_sessions": {"at_most": 3}}, False),
    ({"days_since_last": {"at_least": 7}}, True),
    ({"days_since_last": {"at_least": 0}}, False),
    ({"days_since_last": {"at_least": "7 days"}}, False),
    ({"months_since_last": {"at_least": 2}}, True),
    ({"months_since_last": {}}, False),
    ({"units": {"at_most": 1}}, True),
    ({"units": {"at_most": 1.5}}, False),
    ({"sites": {"at_least": 3}}, True),
    ({"sites": {"examined": True}}, True),
    ({"sites": {"examined": False}}, False),
    ({"sites": {"examined": True, "at_least": 3}}, False),
    ({"sites": {}}, False),
    ({"requested_with": {"none_of": ["64405"]}}, True),
    ({"requested_with": {"none_of": []}}, False),
    ({"requested_with": {"none_of": [64405]}}, False),
    ("age", False),
    ([{"age": {"at_least": 1}}], False),
]


@pytest.mark.parametrize(("check", "allowed"), CHECKS, ids=[str(check) for check, _ in CHECKS])
def test_checks(check, allowed):
    errors = validate(changed("rules[1].criteria.check", check))
    assert (errors == ()) is allowed, errors
    assert all(error.path.startswith("rules[1].criteria.check") for error in errors)


def test_twenty_groups_deep_is_allowed_and_one_more_is_not():
    assert validate(changed("rules[1].criteria", groups(20))) == ()
    errors = validate(changed("rules[1].criteria", groups(21)))
    assert [error.path for error in errors] == ["rules[1].criteria" + ".all[0]" * 20]
    assert "at most 20" in errors[0].message


def test_all_errors_are_told_in_the_order_of_the_lines():
    data = changed("version", 2026.1) | {"colour": "red"}
    data["rules"][1]["codes"] = []
    errors = load(text(data), "x").errors
    assert [error.path for error in errors] == ["version", "rules[1].codes", "colour"]
    assert [error.line for error in errors] == sorted(error.line for error in errors)


def test_the_line_of_an_error_is_the_line_in_the_file():
    broken = BASE_TEXT.replace("leans: supports", "leans: against").replace("family: benefit_limit", "famly: benefit_limit")
    lines = BASE_TEXT.splitlines()
    found = [(error.path, lines[error.line - 1].strip()[:6]) for error in load(broken, "x").errors]
    assert found == [("rules[0].evidence_notes[0].leans", "- {say"), (f"{ADULT}.famly", "family")]


def test_a_missing_key_has_the_line_of_its_mapping():
    broken = BASE_TEXT.replace("          text: Adult\n", "")
    (error,) = load(broken, "x").errors
    assert (error.path, BASE_TEXT.splitlines()[error.line - 1]) == (f"{ADULT}.text", "        - id: adult")


def test_a_document_that_is_no_mapping():
    for data in (None, [], "policy", 1, True):
        assert [error.path for error in validate(data)] == [""]


def test_the_base_is_valid():
    assert validate(document()) == validate(document("overlay")) == ()
