"""Small policies that may be published, and their way there through the real actions."""

from criteria.actions import approve, new_draft, publish, submit, waive_spanish
from tests.factories import user
from tests.unit.policy_files import document


def small(slug="joint-shots", version="1", *, begins="2026-01-01", until=None, of=None, **more):
    """One rule for 27093 with one criterion, complete but for its Spanish. `of`: the slug it overlays; `more`: keys of the file."""
    criterion = "hip_pain" if of is None else f"{slug}-pain"
    data = document() | {"policy": slug, "title": slug.replace("-", " ").capitalize(), "version": version, "overlays": of, "references": []}
    rule = data["rules"][1] | {
        "criteria": {
            "id": criterion,
            "text": "Hip pain",
            "ask": "Where it hurts",
            "reason": "No hip pain.",
            "missing": "Nothing is said of pain.",
        }
    }
    data |= {"rules": [rule], "effective": {"from": begins, "until": until}, "next_review": "2026-12-01"}
    data["applies_to"] = {key: more.pop(key) for key in ("lines_of_business", "plans", "states") if key in more}
    data["examples"] = [{"name": "pain", "rule": "hip", "findings": {criterion: "met"}, "expect": {"value": "met"}}]
    return data | more


def drafted(data):
    """A draft whose missing Spanish an approver agreed to."""
    draft = new_draft(document=data, by=user("policy_editor"))
    return waive_spanish(version_id=draft.pk, by=user("policy_approver"), why="No member reads it.")


def submitted(data):
    return submit(version_id=drafted(data).pk, by=user("policy_editor"))


def published(data):
    version = submitted(data)
    approve(version_id=version.pk, by=user("policy_approver"))
    return publish(version_id=version.pk, by=user("policy_approver"), confirmed_past=True)
