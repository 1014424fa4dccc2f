"""A rule as a FHIR Questionnaire: it parses with FHIR's own models, and nothing of the rule's logic is lost on the way."""

import json
from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.codesystem import CodeSystem
from fhir.resources.R4B.questionnaire import Questionnaire
from hypothesis import HealthCheck, given, settings

import criteria
from criteria.enums import FindingValue
from criteria.exchange import fhir_terms as terms
from criteria.exchange.fhir import bundle, fhir_text, questionnaire
from criteria.format import load, parse
from criteria.tree import Check, Criterion, Group, leaves, negated
from tests.unit.policy_files import changed, document
from tests.unit.policy_strategy import policies

some = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SHIPPED = sorted((Path(criteria.__file__).parent / "policies").glob("*.yaml"))
BASE = parse(document())
KNEE = questionnaire(BASE, BASE.rules[0], status="published")


def items(item):
    yield item
    for child in item.get("item", ()):
        yield from items(child)


def by_link(resource):
    found = [item for root in resource["item"] for item in items(root)]
    assert len({item["linkId"] for item in found}) == len(found)
    return {item["linkId"]: item for item in found}


def extension(thing, url):
    """The parts of a complex extension, or None."""
    for each in thing.get("extension", ()):
        if each["url"] == url:
            return {part["url"]: next(value for key, value in part.items() if key != "url") for part in each["extension"]}
    return None


def tree_of(item):
    """The tree as a receiver reads it back from groups, extensions and link ids."""
    logic = extension(item, terms.LOGIC)
    if logic is None:
        check = extension(item, terms.CHECK)
        return item["linkId"], check and Check(check["name"], json.loads(check["arguments"]))
    return logic["kind"], logic.get("n"), [tree_of(child) for child in item["item"]]


def shape_of(node):
    if isinstance(node, Criterion):
        return node.id, node.check and Check(node.check.name, json.loads(json.dumps(dict(node.check.args))))
    assert isinstance(node, Group)
    return node.kind.value, node.n, [shape_of(child) for child in node.children]


@some
@given(policies())
def test_any_rule_parses_and_keeps_its_logic(data):
    policy = parse(data)
    for rule in policy.rules:
        found = questionnaire(policy, rule)
        assert json.loads(Questionnaire.model_validate(found).model_dump_json()) == found
        linked = by_link(found)
        assert tree_of(found["item"][0]) == shape_of(rule.criteria)
        excluded = negated(rule.criteria)
        for leaf in leaves(rule.criteria):
            options = [option["valueCoding"]["code"] for option in linked[leaf.id]["answerOption"]]
            assert options == [str(value) for value in FindingValue if leaf.may_not_apply or value != "not_applicable"]
            assert extension(linked[leaf.id], terms.CRITERION)["exclusion"] == (leaf.id in excluded)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_policies(path):
    policy = load(path.read_bytes(), path.name).policy
    found = json.loads(fhir_text(policy, status="published"))
    assert [each.resource.get_resource_type() for each in Bundle.model_validate(found).entry] == ["Questionnaire"] * len(policy.rules) + [
        "CodeSystem"
    ]


def test_what_stands_at_the_top():
    assert {key: value for key, value in KNEE.items() if key not in ("item", "extension")} == {
        "resourceType": "Questionnaire",
        "id": "joint-shots.knee",
        "url": f"{terms.BASE}/Questionnaire/joint-shots.knee",
        "version": "2026.1",
        "name": "RuleJointShotsKnee",
        "title": "Joint shots: Knee shots",
        "status": "active",
        "subjectType": ["Patient"],
        "publisher": "Plan policy J-1",
        "description": "For a joint that hurts.",
        "effectivePeriod": {"start": "2026-01-01", "end": "2026-12-31"},
        "code": [{"system": terms.CPT, "code": "20610"}, {"system": terms.CPT, "code": "20611"}],
    }


def test_references_travel_as_related_artifacts():
    (artifact,) = [each["valueRelatedArtifact"] for each in KNEE["extension"] if each["url"] == terms.RELATED]
    assert artifact == {
        "type": "citation",
        "label": "ref-1",
        "display": "Guide",
        "citation": "Guide. Society. 2020",
        "url": "https://guide.example",
    }
    cites = [each["valueString"] for each in by_link(KNEE)["adult"]["extension"] if each["url"] == terms.CITES]
    assert cites == ["ref-1"]


def test_groups_carry_their_logic():
    linked = by_link(KNEE)
    assert extension(linked["/"], terms.LOGIC) == {"kind": "all"}
    assert (extension(linked["tried"], terms.LOGIC), linked["tried"]["text"]) == ({"kind": "any"}, "Tried (any one of these)")
    assert extension(linked["/2/1"], terms.LOGIC) == {"kind": "at_least", "n": 1}
    assert extension(linked["/3"], terms.LOGIC) == {"kind": "none"}


def test_an_exclusion_applies_or_does_not():
    codes = [option["valueCoding"] for option in by_link(KNEE)["infection"]["answerOption"]]
    assert [(code["code"], code["display"]) for code in codes] == [
        ("met", "Applies"),
        ("not_met", "Does not apply"),
        ("unclear", "Unclear"),
        ("not_documented", "Not documented"),
    ]


def test_help_and_what_is_asked_are_display_items_with_their_translation():
    linked = by_link(KNEE)
    assert (linked["adult.help"]["type"], linked["adult.help"]["text"]) == ("display", "Count years.")
    (translation,) = linked["adult.ask"]["_text"]["extension"]
    assert {part["url"]: part for part in translation["extension"]} == {
        "lang": {"url": "lang", "valueCode": "es"},
        "content": {"url": "content", "valueString": "Edad"},
    }


@pytest.mark.parametrize(
    ("check", "asked"),
    [
        ({"symptom_duration": {"more_than": "3 months"}}, [("date", False)]),
        ({"age": {"at_least": 18}}, [("date", False)]),
        ({"diagnosis": {"any_of": ["M54.81", "G43*"]}}, [("open-choice", True), ("boolean", False)]),
        ({"treatments": {"any_of": ["nsaid"]}}, [("group", True)]),
        ({"prior_sessions": {"at_most": 3, "within": "12 months"}}, [("date", True)]),
        ({"days_since_last": {"at_least": 7}}, [("date", False)]),
        ({"months_since_last": {"at_least": 2}}, [("date", False)]),
        ({"units": {"at_most": 1}}, [("quantity", False)]),
        ({"sites": {"at_least": 3}}, [("string", True)]),
        ({"requested_with": {"none_of": ["64405"]}}, []),
    ],
)
def test_facts_that_a_check_asks_for(check, asked):
    policy = parse(changed("rules[0].criteria.all[0].check", check))
    found = by_link(questionnaire(policy, policy.rules[0]))["duration"]["item"]
    facts = [item for item in found if ".fact-" in item["linkId"]]
    assert [(item["type"], item.get("repeats", False)) for item in facts] == asked


def test_a_diagnosis_offers_whole_codes_only():
    policy = parse(changed("rules[0].criteria.all[0].check", {"diagnosis": {"any_of": ["M54.81", "G43*"]}}))
    fact = by_link(questionnaire(policy, policy.rules[0]))["duration.fact-1"]
    assert fact["answerOption"] == [{"valueCoding": {"system": terms.ICD10CM, "code": "M54.81"}}]


def test_ids_that_fhir_does_not_allow():
    long = parse(document() | {"policy": "p_" * 40})
    found = {questionnaire(long, rule)["id"] for rule in long.rules}
    assert len(found) == 2
    assert {len(name) for name in found} == {64}


def test_levels_of_codes():
    policy = parse(changed("rules[1].codes", ["J0585", "0213T"]))
    assert questionnaire(policy, policy.rules[1])["code"] == [
        {"system": terms.HCPCS, "code": "J0585"},
        {"system": terms.CPT, "code": "0213T"},
    ]


def test_one_rule_or_all_as_text():
    assert json.loads(fhir_text(BASE, rule="knee", status="published")) == KNEE
    assert json.loads(fhir_text(BASE)) == bundle(BASE)
    with pytest.raises(LookupError, match=r"joint-shots has no rule nose\."):
        fhir_text(BASE, rule="nose")


def test_the_code_system_has_every_finding():
    assert [concept.code for concept in CodeSystem.model_validate(terms.finding_codes()).concept] == [str(value) for value in FindingValue]
