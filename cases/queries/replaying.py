"""What a replay reads: the decided lines of a policy's codes, who else could have governed them, and what a run found."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.models.replay import DecidedLine, ReplayLine, ReplayRun
from criteria.format import loaded
from criteria.governing import Candidate
from criteria.models import PolicyVersion, RuleCode
from criteria.queries import candidate_of, published_versions

PAGE = 50


# in the order of cases.replay.Decided
COLUMNS = ("line_id", "under", "value", "signed_as", "answers", "facts")


def standing(codes: Iterable[str], since: date, until: date, after: int = 0) -> QuerySet[DecidedLine]:
    """Decisions that stand, signed within these days, on lines of these codes: those after an id, in order."""
    first, last = (timezone.make_aware(datetime.combine(day, moment)) for day, moment in ((since, time.min), (until, time.max)))
    of_codes = DecidedLine.objects.filter(code__in=list(codes), signed_at__range=(first, last), pk__gt=after)
    return of_codes.filter(determination__superseded_by__isnull=True).order_by("pk")


def ids(decisions: QuerySet[DecidedLine]) -> list[int]:
    return list(decisions.values_list("pk", flat=True))


def rows(decisions: QuerySet[DecidedLine], first: int, last: int) -> list[tuple[Any, ...]]:
    """The columns of those from one id through another. Naming 2,000 ids one by one would take longer than judging them."""
    return list(decisions.filter(pk__gte=first, pk__lte=last).values_list(*COLUMNS))


def codes_of_policy(version: PolicyVersion) -> set[str]:
    """Codes that this version names, or that another published version of its policy does."""
    own = RuleCode.objects.filter(version=version).values_list("code", flat=True)
    others = RuleCode.objects.filter(version__in=published_versions().filter(policy_id=version.policy_id)).values_list("code", flat=True)
    return {*own, *others}


def rivals(version: PolicyVersion) -> list[Candidate]:
    """Published versions of every other policy."""
    return [candidate_of(other) for other in published_versions().exclude(policy_id=version.policy_id)]


def version_of(slug: str, version: str) -> PolicyVersion | None:
    return PolicyVersion.objects.select_related("policy").filter(policy__slug=slug, version=version).first()


def documents_beside(version: PolicyVersion) -> list[dict[str, Any]]:
    """This version's document after those of its base or its exceptions, whose criteria join its own."""
    beside = published_versions().filter(Q(policy__slug=version.overlays) | Q(overlays=version.policy.slug)).order_by("effective_from")
    own = [version.document] if loaded(version.document, "").policy else []  # a draft that is incomplete by now has no words to give
    return [*beside.values_list("document", flat=True), *own]


def runs_of(version: PolicyVersion) -> QuerySet[ReplayRun]:
    return ReplayRun.objects.filter(version=version).select_related("started_by")


def run_with(number: int) -> ReplayRun | None:
    return ReplayRun.objects.select_related("version__policy", "started_by").filter(pk=number).first()


def unfinished() -> QuerySet[ReplayRun]:
    return ReplayRun.objects.filter(status__in=[ReplayRun.Status.WAITING, ReplayRun.Status.RUNNING]).order_by("id")


def lines_of(run: ReplayRun, effect: str, after: int = 0) -> tuple[list[ReplayLine], bool]:
    """A page of the lines with one effect, and whether there are more."""
    rows = run.lines.filter(effect=effect, id__gt=after).select_related("line__case").order_by("id")
    found = list(rows[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE
