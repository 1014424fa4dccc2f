"""What a replay reads: the decided lines of a policy's codes, who else could have governed them, and what a run found."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from cases.models import Determination
from cases.models.replay import ReplayLine, ReplayRun
from criteria.format import loaded
from criteria.governing import Candidate
from criteria.models import PolicyVersion, RuleCode
from criteria.queries import candidate_of, published_versions

PAGE = 50


class Row(NamedTuple):
    """One signed decision that still stands, with what says which rule would have governed it. `pinned` and `findings` are JSON."""

    id: int
    line: int
    code: str
    pinned: str
    plan: str
    zone: str
    line_of_business: str
    state: str
    review_type: str
    received_at: datetime
    first_service: date | None
    value: str
    findings: str
    signed_as: str

    @property
    def received(self) -> date:
        return self.received_at.astimezone(ZoneInfo(self.zone)).date()


COLUMNS = (
    "id",
    "line_id",
    "line__code",
    Cast("line__pinned", TextField()),
    "line__case__plan__code",
    "line__case__plan__time_zone",
    "line__case__line_of_business",
    "line__case__state",
    "line__case__review_type",
    "line__case__received_at",
    "line__first_service",
    "value",
    Cast("findings", TextField()),
    "signed_as",
)


def decided(codes: Iterable[str], since: date, until: date, after: int = 0) -> list[int]:
    """Decisions that stand, signed within these days, on lines of these codes: their ids above `after`, in order."""
    first, last = (timezone.make_aware(datetime.combine(day, moment)) for day, moment in ((since, time.min), (until, time.max)))
    standing = Determination.objects.filter(superseded_by__isnull=True, signed_at__range=(first, last), id__gt=after)
    return sorted(standing.filter(line__code__in=list(codes)).values_list("id", flat=True))


def rows(ids: Sequence[int]) -> list[Row]:
    """In the order of their ids; these follow one another in the table."""
    found = Determination.objects.filter(pk__in=ids).order_by("id")
    return [Row(*values) for values in found.values_list(*COLUMNS).iterator(chunk_size=len(ids) or 1)]


def snapshots(ids: Collection[int]) -> dict[int, str]:
    return dict(Determination.objects.filter(pk__in=ids).values_list("id", "snapshot")) if ids else {}


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
