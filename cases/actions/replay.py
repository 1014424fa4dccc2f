"""The only writer of replays: asked for once per document, months and day; read in pieces, each kept before the next."""

import json
from collections import Counter
from collections.abc import Iterator
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
from cases.queries.replaying import Row
from cases.queries.rules import policy_by_digest
from cases.replay import Basis, Decided, Effect, Tally, basis_of, chosen, first_look, replay
from criteria.format import loaded, parse
from criteria.governing import Candidate, Place, candidate, reference_date
from criteria.models import PolicyVersion
from criteria.periods import add_months
from criteria.tree import Joined, Policy

PIECE = 2_000
SNAPSHOTS = 200  # texts of 10 to 30 KB, read by so many
MOST_MONTHS = 120
PATIENCE = timedelta(minutes=10)  # after which one that has not ended may be started again: its worker may be gone
NOT_THE_SAME = "The draft was changed after this replay was asked for. Ask for it again."
BROKEN = "It was broken off by a fault of the program. What was read is kept."

# rows by hand: where a draft asks for more most lines change, and making models of them would take longer than all the rest
KEEP = 'INSERT INTO cases_replayline (run_id, line_id, effect, "before", "after", criteria) VALUES (%s, %s, %s, %s, %s, %s)'


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
    ids = replaying.decided(library.codes, run.since, run.until, run.last_id)
    run.total, run.status = run.read + len(ids), ReplayRun.Status.RUNNING
    run.save(update_fields=["total", "status"])
    for start in range(0, len(ids), PIECE):
        piece = replaying.rows(ids[start : start + PIECE])
        tally = replay(library.lines(piece))
        if not _kept(run, piece, tally):
            return run
    return _ended(run, ReplayRun.Status.DONE)


def _kept(run: ReplayRun, piece: list[Row], tally: Tally) -> bool:
    """Store one piece; False where another worker has read it meanwhile."""
    asked = Counter(run.asked) + tally.asked
    counts = {effect.value: getattr(run, effect.value) + tally.effects[effect] for effect in Effect}
    now = counts | {
        "asked": dict(asked),
        "needs_physician": run.needs_physician + tally.needs_physician,
        "read": run.read + len(piece),
        "last_id": piece[-1].id,
    }
    with transaction.atomic():
        if not ReplayRun.objects.filter(pk=run.pk, last_id=run.last_id).update(**now):
            return False
        with connection.cursor() as cursor:
            cursor.executemany(
                KEEP, [(run.pk, each.line, each.effect.value, each.before, each.after, json.dumps(each.criteria)) for each in tally.changed]
            )
    for name, value in now.items():
        setattr(run, name, value)
    return True


def _ended(run: ReplayRun, status: ReplayRun.Status, problem: str = "") -> ReplayRun:
    run.status, run.finished_at, run.problem = status, timezone.now(), problem
    run.save(update_fields=["status", "finished_at", "problem"])
    return run


@dataclass
class _Library:
    """The draft among the published policies, as if it had been in force all along in place of its policy's other versions."""

    version: PolicyVersion
    known: dict[tuple[object, ...], Basis | None] = field(default_factory=dict)
    bases: dict[tuple[tuple[str, ...], tuple[Candidate, ...], str], Basis] = field(default_factory=dict)

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

    def lines(self, piece: list[Row]) -> Iterator[tuple[Basis, Decided]]:
        """The rows that the policy governed, or would have governed with the draft."""
        for start in range(0, len(piece), SNAPSHOTS):
            found = [
                (row, basis, received) for row in piece[start : start + SNAPSHOTS] if (basis := self._basis(row, received := row.received))
            ]
            lines = [
                (row.id, basis, Decided(row.line, row.value, json.loads(row.findings), row.signed_as, received))
                for row, basis, received in found
            ]
            wanted = []
            for number, basis, line in lines:
                line.state, facts_matter = first_look(basis, line)
                if facts_matter:
                    wanted.append(number)
            texts = replaying.snapshots(wanted)
            for number, basis, line in lines:
                line.snapshot = texts.get(number, "")
                yield basis, line

    def _basis(self, row: Row, received: date) -> Basis | None:
        """Looked up by plain values, for most lines share theirs with others."""
        day = reference_date(row.review_type, received, row.first_service) or received
        key = row.pinned, row.code, row.plan, row.line_of_business, row.state, day
        if key not in self.known:
            place = Place(row.code, row.plan or None, row.line_of_business or None, row.state or None, day)
            self.known[key] = self._basis_at(place, json.loads(row.pinned))
        return self.known[key]

    def _basis_at(self, place: Place, pinned: list[dict[str, str]]) -> Basis | None:
        parts = chosen(self.candidates, place, self.draft)
        if not parts and all(each["policy"] != self.slug for each in pinned):
            return None
        key = tuple(each["digest"] for each in pinned), parts, place.code
        if key not in self.bases:
            before = _joined([policy_by_digest(digest) for digest in key[0]], place.code)
            self.bases[key] = basis_of(before, _joined([_tree(part) for part in parts], place.code))
        return self.bases[key]


def _tree(part: Candidate) -> Policy:
    if not isinstance(part.key, PolicyVersion):
        raise TypeError("candidates of the library carry their version")
    return parse(part.key.document)


def _joined(policies: list[Policy], code: str) -> Joined | None:
    base, *exceptions = [policy.rule_for(code) for policy in policies] or [None]
    return Joined(base, tuple(rule for rule in exceptions if rule)) if base else None
