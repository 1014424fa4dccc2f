"""The only writer of replays: asked for once per document, months and day; read in pieces, each kept before the next."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from authreview.errors import Conflict, Incomplete
from authreview.models import User
from cases import permissions
from cases.models.replay import ReplayRun
from cases.queries import replaying
from cases.queries.rules import policy_by_digest
from cases.replay import Basis, Decided, Effect, Judged, Tally, basis_of, chosen, replay
from cases.signed_facts import read_under
from criteria.format import loaded, parse
from criteria.governing import Candidate, candidate
from criteria.models import PolicyVersion
from criteria.periods import add_months
from criteria.tree import Joined, Policy

PIECE = 2_000
MOST_MONTHS = 120
PATIENCE = timedelta(minutes=10)  # after which one that has not ended may be started again: its worker may be gone
NOT_THE_SAME = "The draft was changed after this replay was asked for. Ask for it again."
BROKEN = "It was broken off by a fault of the program. What was read is kept."

KEEP = 'INSERT INTO cases_replayline (run_id, line_id, effect, "before", "after", criteria) VALUES (%s, %s, %s, %s, %s, %s)'
KEEP_COLUMNS = """INSERT INTO cases_replayline (run_id, line_id, effect, "before", "after", criteria)
SELECT %s, * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::jsonb[])"""


def start_replay(*, version_id: int, months: int, by: User, at: datetime | None = None) -> ReplayRun:
    """A run over the last `months`, or today's that is there; one that was broken off is begun again where it stopped.

    `started_at` is `at` where this call began it: only then the caller gives it to a worker. Raises Denied, Incomplete, Conflict.
    """
    permissions.check_replay(by)
    if not 1 <= months <= MOST_MONTHS:
        raise Incomplete(f"Choose 1 to {MOST_MONTHS} months.")
    version = PolicyVersion.objects.filter(pk=version_id).first()
    if version is None:
        raise Conflict("This version is not there any more.")
    if loaded(version.document, version.version).policy is None:
        raise Incomplete("This draft is not complete yet. See what blocks its submission, then ask again.")
    now, until = at or timezone.now(), timezone.localdate()
    asked = {"digest": version.digest, "months": months, "until": until}
    try:
        with transaction.atomic():
            since = add_months(until, -months)
            return ReplayRun.objects.create(**asked, version=version, since=since, started_by=by, started_at=now)
    except IntegrityError:
        run = ReplayRun.objects.get(**asked)
    if may_start_again(run, now):
        again = {"status": ReplayRun.Status.WAITING, "problem": "", "finished_at": None, "started_by": by, "started_at": now}
        ReplayRun.objects.filter(pk=run.pk, started_at=run.started_at, status=run.status).update(**again)  # of two at once, one
        run.refresh_from_db()
    return run


def may_start_again(run: ReplayRun, now: datetime) -> bool:
    """It failed, or its worker may be gone."""
    return run.status == ReplayRun.Status.FAILED or (run.status != ReplayRun.Status.DONE and now - run.started_at > PATIENCE)


def run_replay(*, run_id: int) -> ReplayRun:
    """Read what a run has not read yet. Of two that read one run at a time, the slower stops. A fault is said on the run, and raised."""
    run = ReplayRun.objects.select_related("version").get(pk=run_id)
    if run.status in (ReplayRun.Status.DONE, ReplayRun.Status.FAILED):
        return run
    if run.version.digest != run.digest:
        return _ended(run, ReplayRun.Status.FAILED, NOT_THE_SAME)
    try:
        return _read(run)
    except Exception:
        _ended(run, ReplayRun.Status.FAILED, BROKEN)
        raise


def _read(run: ReplayRun) -> ReplayRun:
    library = _Library(run.version)
    decisions = replaying.standing(library.codes, run.since, run.until, run.last_id)
    ids = replaying.ids(decisions)
    run.total, run.status = run.read + len(ids), ReplayRun.Status.RUNNING
    run.save(update_fields=["total", "status"])
    for start in range(0, len(ids), PIECE):
        piece = ids[start : start + PIECE]
        tally = replay(library.lines(map(Decided._make, replaying.rows(decisions, piece[0], piece[-1]))))
        if not _kept(run, piece, tally):
            return run
    return _ended(run, ReplayRun.Status.DONE)


def _kept(run: ReplayRun, piece: list[int], tally: Tally) -> bool:
    """Store one piece; False where another worker has read it meanwhile."""
    asked = Counter(run.asked) + tally.asked
    counts = {effect.value: getattr(run, effect.value) + tally.effects[effect] for effect in Effect}
    now = counts | {
        "asked": dict(asked),
        "needs_physician": run.needs_physician + tally.needs_physician,
        "read": run.read + len(piece),
        "last_id": piece[-1],
    }
    with transaction.atomic():
        if not ReplayRun.objects.filter(pk=run.pk, last_id=run.last_id).update(**now):
            return False
        _keep_lines(run, tally.changed)
    for name, value in now.items():
        setattr(run, name, value)
    return True


def _keep_lines(run: ReplayRun, lines: list[Judged]) -> None:
    """Rows by hand: where a draft asks for more most lines change, and making models of them would take longer than all the rest."""
    if not lines:
        return
    rows = [(each.line, each.effect.value, each.before, each.after, _json(each.criteria)) for each in lines]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(KEEP_COLUMNS, [run.pk, *map(list, zip(*rows, strict=True))])
        else:
            cursor.executemany(KEEP, [(run.pk, *row) for row in rows])


def _json(names: tuple[str, ...]) -> str:
    """Of criteria, whose names have nothing to escape, at a fifth of the time of json.dumps."""
    return '["' + '","'.join(names) + '"]' if names else "[]"


def _ended(run: ReplayRun, status: ReplayRun.Status, problem: str = "") -> ReplayRun:
    run.status, run.finished_at, run.problem = status, timezone.now(), problem
    run.save(update_fields=["status", "finished_at", "problem"])
    return run


@dataclass
class _Library:
    """The draft among the published policies, as if it had been in force all along in place of its policy's other versions."""

    version: PolicyVersion
    known: dict[str, Basis | None] = field(default_factory=dict)
    bases: dict[tuple[tuple[str, ...], tuple[str, ...], tuple[Candidate, ...], str], Basis] = field(default_factory=dict)

    @cached_property
    def codes(self) -> set[str]:
        return replaying.codes_of_policy(self.version)

    @cached_property
    def slug(self) -> str:
        return self.version.policy.slug

    @cached_property
    def draft(self) -> Candidate:
        return replace(candidate(parse(self.version.document), key=self.version), begins=date.min, ends=None)

    @cached_property
    def candidates(self) -> list[Candidate]:
        return [self.draft, *replaying.rivals(self.version)]

    def lines(self, rows: Iterable[Decided]) -> Iterator[tuple[Basis, Decided]]:
        """The rows that the policy governed, or would have governed with the draft. Most share what they were decided under."""
        known = self.known
        for row in rows:
            if row.under not in known:
                known[row.under] = self._basis(row.under)
            if basis := known[row.under]:
                yield basis, row

    def _basis(self, under: str) -> Basis | None:
        place, pinned = read_under(under)
        parts = chosen(self.candidates, place, self.draft)
        if not parts and self.slug not in pinned["policies"]:
            return None
        digests, order = tuple(pinned["digests"]), tuple(pinned["criteria"])
        key = digests, order, parts, place.code
        if key not in self.bases:
            before = _joined([policy_by_digest(digest) for digest in digests], place.code)
            self.bases[key] = basis_of(before, _joined([_tree(part) for part in parts], place.code), order)
        return self.bases[key]


def _tree(part: Candidate) -> Policy:
    if not isinstance(part.key, PolicyVersion):
        raise TypeError("candidates of the library carry their version")
    return parse(part.key.document)


def _joined(policies: list[Policy], code: str) -> Joined | None:
    base, *exceptions = [policy.rule_for(code) for policy in policies] or [None]
    return Joined(base, tuple(rule for rule in exceptions if rule)) if base else None
