"""Replays of a draft policy over decided lines: what they read, how far one is, what it counted, and the lines that would not stand."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from criteria.models import PolicyVersion, who

from .determination import Determination
from .line import ServiceLine


class DecidedLine(models.Model):
    """What a replay reads of one signed decision, written with it and as append-only: see cases.signed_facts.

    A table of its own, because the signed text beside it, of some 25 KB, would make reading take longer than judging.
    """

    determination = models.OneToOneField(Determination, models.PROTECT, primary_key=True, related_name="decided")
    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=7)
    signed_at = models.DateTimeField()
    signed_as = models.CharField(max_length=16)
    value = models.CharField(max_length=12)
    under = models.TextField()
    answers = models.TextField(blank=True)
    facts = models.TextField()

    class Meta:
        ordering: ClassVar = ["determination_id"]
        indexes: ClassVar = [models.Index(fields=["code", "signed_at"], name="decided_of_a_code")]

    def __str__(self) -> str:
        return f"{self.line}: {self.value}"


class ReplayRun(models.Model):
    """One document (by its digest) over the lines decided from `since` through `until`. Asked for again on that day it is the same run.

    Decisions are read in the order of their ids through `last_id`; a run that was broken off goes on from there.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Stopped"

    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="+")  # a discarded draft takes its replays along
    digest = models.CharField(max_length=64)
    months = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    total = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    last_id = models.PositiveBigIntegerField(default=0)
    stands = models.PositiveIntegerField(default=0)
    information = models.PositiveIntegerField(default=0)
    turns = models.PositiveIntegerField(default=0)
    outside = models.PositiveIntegerField(default=0)
    needs_physician = models.PositiveIntegerField(default=0)  # of those that stand: a nurse signed, a physician would have had to
    asked = models.JSONField(default=dict)  # criterion -> for how many lines it would have been asked for
    problem = models.CharField(max_length=200, blank=True)
    started_by = who()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest", "months", "until"], name="replay_once_a_day"),
            models.CheckConstraint(condition=Q(months__gte=1), name="replay_of_a_month_or_more"),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="replay_dates_in_order"),
            models.CheckConstraint(
                condition=Q(status__in=["done", "failed"], finished_at__isnull=False)
                | (~Q(status__in=["done", "failed"]) & Q(finished_at__isnull=True)),
                name="replay_ended_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.months} months"


class ReplayLine(models.Model):
    """A decided line that would not stand. `criteria`: what would have been asked for, or what it would have failed."""

    run = models.ForeignKey(ReplayRun, models.CASCADE, related_name="lines", db_index=False)  # the index below has it first
    line = models.ForeignKey(ServiceLine, models.CASCADE, related_name="+", db_index=False)  # no line is ever deleted
    effect = models.CharField(max_length=12)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12, blank=True)
    criteria = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["run", "effect", "id"], name="replay_lines")]

    def __str__(self) -> str:
        return f"{self.line}: {self.effect}"
