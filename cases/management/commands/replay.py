"""`manage.py replay SLUG VERSION --by USER`: what a draft would have meant for decided lines; `--unfinished` resumes broken-off runs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from authreview.errors import Refusal
from authreview.models import User
from cases.actions.replay import run_replay, start_replay
from cases.models.replay import ReplayRun
from cases.queries.replaying import unfinished, version_of


class Command(BaseCommand):
    help = "What a policy version would have meant for the lines decided in the last months."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", help="The policy.")
        parser.add_argument("version", nargs="?", help="Its version, a draft or another.")
        parser.add_argument("--months", type=int, default=6)
        parser.add_argument("--by", metavar="USERNAME", help="A policy editor or policy approver who asks for it.")
        parser.add_argument("--unfinished", action="store_true", help="Go on with the runs that were broken off.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["unfinished"]:
            for waiting in unfinished():
                self._say(run_replay(run_id=waiting.pk))
            return
        self._say(run_replay(run_id=self._started(**options).pk))

    def _started(self, *, slug: str | None, version: str | None, by: str | None, months: int, **options: Any) -> ReplayRun:
        if not (slug and version and by):
            raise CommandError("Name a policy, its version, and with --by who asks.")
        found = version_of(slug, version)
        person = User.objects.filter(username=by).first()
        if found is None or person is None:
            raise CommandError(f"There is no {f'{slug} {version}' if found is None else f'user {by}'}.")
        try:
            return start_replay(version_id=found.pk, months=months, by=person)
        except Refusal as refused:
            raise CommandError(refused.sentence) from refused

    def _say(self, run: ReplayRun) -> None:
        self.stdout.write(
            f"{run.version}: {run.read:,} decisions of {run.months} months read. {run.stands:,} would stand, {run.information:,} would "
            f"need other information, {run.turns:,} would turn, {run.outside:,} would be under another rule. {run.problem}".rstrip()
        )
