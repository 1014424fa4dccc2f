"""What a signature freezes: one canonical JSON text of rule, findings, evidence, facts, documents and decision, and its SHA-256.

The shape is versioned by `format`: a text once signed is read for ever. Nothing here writes.
"""

import json
from typing import Any

from authreview.canonical import canonical, sha256
from authreview.models import User
from cases.models import Determination, Finding, ServiceLine
from cases.models.fact import Fact

from .decide import Beside
from .lines import LineReview
from .recorded import CaseRecord

FORMAT = 1
NO_RULE = "no_rule"  # the value of a line that no policy governs

# columns of a determination that its snapshot repeats, so that changing either is seen
DECISION = (
    "outcome",
    "basis",
    "requested_units",
    "approved_units",
    "valid_from",
    "valid_through",
    "approved_sites",
    "authorization_number",
    "rationale",
    "circumstances",
    "alternatives",
    "member_reason",
    "signed_at",
    "signed_as",
    "signed_with",
    "licence",
)


def basis_of_decision(record: CaseRecord, review: LineReview, beside: Beside) -> dict[str, Any]:
    """All that was before the person who decides, as plain values: everything of a snapshot but the decision."""
    line = review.line
    return {
        "format": FORMAT,
        "case": _case(record),
        "line": _line(line),
        "policies": line.pinned,
        "governed_because": line.pinned_why,
        "assessment": _assessment(review),
        "findings": {criterion: _finding(finding) for criterion, finding in sorted(review.findings.items())},
        "facts": _facts(record, line, beside),
        "flags": line.flags,
        "resolutions": [
            {"flag": row.flag, "reason": row.reason, "note": row.note, "by": row.by_id, "at": row.at} for row in line.resolutions.all()
        ],
        "documents": [
            {
                "id": row.pk,
                "title": row.title,
                "kind": row.kind,
                "date": row.date,
                "source": row.source,
                "pages": row.page_count,
                "sha256": row.sha256,
            }
            for row in beside.documents
        ],
        "requests": _requests(line, beside),
        "referrals": [{"question": row.question, "by": _person(row.by), "at": row.at} for row in beside.referrals],
        "peer_to_peer": [
            {
                "offered_at": row.offered_at,
                "how": row.offered_how,
                "open_until": row.open_until,
                "outcome": row.outcome,
                "closed_at": row.closed_at,
                "practitioner": row.practitioner,
                "specialty": row.specialty,
                "new_information": row.new_information,
            }
            for row in beside.peer_to_peers
        ],
        "amendments": [
            {"before": row.before, "after": row.after, "agreed_with": row.agreed_with, "channel": row.channel, "agreed_at": row.agreed_at}
            for row in beside.amendments
        ],
    }


def digest_shown(record: CaseRecord, review: LineReview, beside: Beside) -> str:
    """What a sign-off page carries: a signature is refused where something changed since the page was shown."""
    return sha256(canonical(basis_of_decision(record, review, beside)))


def decision_of(determination: Determination) -> dict[str, Any]:
    """The columns of a decision as plain values, with who signed."""
    return {name: getattr(determination, name) for name in DECISION} | {"signed_by": _person(determination.signed_by)}


def verify_signature(determination: Determination) -> bool:
    """Whether the stored text still has its digest, and the row still says what was signed. Reads the signer's row, nothing else."""
    if sha256(determination.snapshot) != determination.digest:
        return False
    signed = json.loads(determination.snapshot)
    row = json.loads(canonical(decision_of(determination)))
    row["signed_by"] = signed["decision"]["signed_by"] if signed["decision"]["signed_by"]["id"] == determination.signed_by_id else None
    same_findings = {key: each["value"] for key, each in signed["findings"].items()} == determination.findings
    return bool(signed["decision"] == row and same_findings and signed["assessment"]["value"] == determination.value)


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _person(user: User) -> dict[str, Any]:
    return {"id": user.pk, "name": user.signature, "specialty": user.specialty, "npi": user.npi}


def _case(record: CaseRecord) -> dict[str, Any]:
    case = record.case
    return {
        "reference": case.reference,
        "plan": case.plan.code if case.plan else "",
        "line_of_business": case.line_of_business,
        "state": case.state,
        "review_type": case.review_type,
        "urgency": case.urgency,
        "received_at": case.received_at,
        "member": {"number": case.member.member_id, "birth_date": case.member.birth_date} if case.member else None,
        "requester": case.requester.npi if case.requester else "",
        "facility": case.facility.npi if case.facility else "",
    }


def _line(line: ServiceLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "code": line.code,
        "modifiers": line.modifiers,
        "units": line.units,
        "place": line.place,
        "first_service": line.first_service,
        "last_service": line.last_service,
        "sites": [{"name": site.name, "side": site.side} for site in line.sites.all()],
        "diagnoses": sorted(row.code for row in line.diagnoses.all()),
        "as_received": line.as_received,
        "decide_by": line.decide_by,
        "clock": line.clock,
    }


def _assessment(review: LineReview) -> dict[str, Any]:
    found = review.assessment
    if found is None:
        return {"value": NO_RULE, "open": [], "settled": [], "reasons": [], "authority": None}
    return {
        "value": found.value.value,
        "open": list(found.open),
        "settled": list(found.settled),
        "reasons": list(found.reasons),
        "authority": found.authority.value if found.authority else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "value": finding.value,
        "note": finding.note,
        "origin": finding.origin,
        "proposed": finding.proposed,
        "arithmetic": finding.arithmetic,
        "searched": finding.searched,
        "stale": finding.stale,
        "version": finding.version,
        "as_role": finding.as_role,
        "by": _person(finding.by),
        "at": finding.at,
        "evidence": [
            {
                "document": row.document_id,
                "sha256": row.document.sha256,
                "title": row.document.title,
                "page": row.page,
                "start": row.start,
                "end": row.end,
                "quote": row.quote,
            }
            for row in finding.evidence.all()
        ],
    }


def _facts(record: CaseRecord, line: ServiceLine, beside: Beside) -> dict[str, Any]:
    onset = record.onset_of(line)
    return {
        "onset": _fact(onset, {"value": onset.value}) if onset else None,
        "diagnoses": [_fact(row, {"code": row.code, "text": row.text, "certainty": row.certainty}) for row in record.diagnoses],
        "treatments": [
            _fact(
                row,
                {
                    "kind": row.kind,
                    "agent": row.agent,
                    "from": row.from_date,
                    "to": row.to_date,
                    "sessions": row.sessions,
                    "response": row.response,
                },
            )
            for row in record.treatments
        ],
        "sessions": [
            _fact(row, {"code": row.code, "date": row.date, "region": row.region, "source": row.source})
            for row in record.sessions
            if row.line_id != line.pk
        ],
        "examinations": [_fact(row, {"site": row.site, "side": row.side}) for row in line.examinations.all()],
        "scores": [_fact(row, {"scale": row.scale, "value": row.value, "date": row.date}) for row in beside.scores],
    }


def _fact(row: Fact, values: dict[str, Any]) -> dict[str, Any]:
    return values | {
        "document": row.document_id,
        "page": row.page,
        "quote": row.quote,
        "stated_at": row.stated_at,
        "confirmed_at": row.confirmed_at,
    }


def _requests(line: ServiceLine, beside: Beside) -> list[dict[str, Any]]:
    return [
        {
            "sent_at": request.sent_at,
            "answer_by": request.answer_by,
            "items": [
                {
                    "wording": item.wording,
                    "criteria": item.criteria,
                    "flag": item.flag,
                    "status": item.status,
                    "document": item.document_id,
                    "page": item.page,
                    "resolved_at": item.resolved_at,
                }
                for item in request.items.all()
                if item.line_id == line.pk
            ],
        }
        for request in beside.requests
    ]
