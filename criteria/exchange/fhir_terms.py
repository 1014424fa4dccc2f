"""Addresses and codes of our FHIR exports: the systems we define ourselves, and those of others that we name. No logic."""

from collections.abc import Mapping
from typing import Any

JSON = dict[str, Any]

BASE = "https://authreview.example/fhir"  # an identity, not a place to fetch from
FINDINGS = f"{BASE}/CodeSystem/finding"
RESPONSES = f"{BASE}/CodeSystem/treatment-response"
TREATMENTS = f"{BASE}/CodeSystem/treatment-kind"
RULES = f"{BASE}/rule"
LOGIC = f"{BASE}/StructureDefinition/group-logic"
CRITERION = f"{BASE}/StructureDefinition/criterion"
CHECK = f"{BASE}/StructureDefinition/check"
RULE = f"{BASE}/StructureDefinition/rule"
CITES = f"{BASE}/StructureDefinition/cites"

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ITEM_CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
ITEM_CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"
RELATED = "http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"

STATUS = {"draft": "draft", "in_review": "draft", "approved": "draft", "published": "active", "retired": "retired"}

# finding -> how it reads for a criterion, and for an exclusion, and what it means
FINDING_WORDS: Mapping[str, tuple[str, str, str]] = {
    "met": ("Met", "Applies", "The record shows that the statement is true."),
    "not_met": ("Not met", "Does not apply", "The record shows that the statement is not true."),
    "unclear": ("Unclear", "Unclear", "The record speaks of it without settling it."),
    "not_documented": ("Not documented", "Not documented", "The record does not speak of it."),
    "not_applicable": (
        "Not applicable",
        "Not applicable",
        "The statement does not concern this request, where the policy allows for that.",
    ),
}


def finding_options(exclusion: bool, may_not_apply: bool) -> list[JSON]:
    """What may be answered, in the order of the checklist."""
    words = [(code, said[exclusion]) for code, said in FINDING_WORDS.items() if may_not_apply or code != "not_applicable"]
    return [{"valueCoding": {"system": FINDINGS, "code": code, "display": display}} for code, display in words]


def finding_codes() -> JSON:
    """The CodeSystem of findings, for a receiver that wants their meaning."""
    return {
        "resourceType": "CodeSystem",
        "id": "finding",
        "url": FINDINGS,
        "name": "AuthReviewFinding",
        "title": "What a reviewer found for one criterion",
        "status": "active",
        "content": "complete",
        "caseSensitive": True,
        "concept": [{"code": code, "display": said[0], "definition": said[2]} for code, said in FINDING_WORDS.items()],
    }
