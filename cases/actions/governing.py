"""Pinning a line to the policy versions that govern it: found once, kept with the reason, never changed behind a reviewer's back."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from cases.facts import received_on
from cases.models import Case, ServiceLine
from criteria.governing import reference_date
from criteria.models import PolicyVersion, RuleCode
from criteria.queries import governing

PINNED = ("policy_version", "rule", "pinned", "pinned_at", "pinned_why")


def pin_rules(case: Case, lines: list[ServiceLine], *, at: datetime | None = None) -> None:
    """Pin every line of a locked case. No event of its own: the action that calls it writes what was pinned."""
    for line in lines:
        _pin(case, line, at or timezone.now())


def reference_day(case: Case, line: ServiceLine) -> date:
    """The day whose policies count: receipt, or the service's first day where the request came after it."""
    return reference_date(case.review_type, received_on(case), line.first_service) or received_on(case)


def _pin(case: Case, line: ServiceLine, at: datetime) -> None:
    plan = case.plan.code if case.plan else ""
    found = governing(line.code, plan, case.line_of_business, case.state, reference_day(case, line))
    editions = [found.version, *found.overlays] if found.version else []
    rules = dict(RuleCode.objects.filter(version__in=editions, code=line.code).values_list("version_id", "rule"))
    line.policy_version, line.rule = found.version, found.rule_id or ""
    line.pinned = [_edition(version, rules.get(version.pk, "")) for version in editions]
    line.pinned_at, line.pinned_why = at, found.why
    line.save(update_fields=PINNED)


def _edition(version: PolicyVersion, rule: str) -> dict[str, Any]:
    return {
        "policy": version.policy.slug,
        "version": version.version,
        "digest": version.digest,
        "rule": rule,
        "title": version.title,
    }
