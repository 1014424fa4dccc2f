"""manage.py verify_letters: prove that issued letters are what was issued. Exits with 1 where one is not."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.letters.verify import drawn_here, letter_faults
from cases.models import Letter


class Command(BaseCommand):
    help = "Compare every issued letter with its hashes, and draw it again from its stored context."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("case", nargs="*", help="references; all cases without one")

    def handle(self, *args: Any, **options: Any) -> None:
        letters = Letter.objects.filter(issued_at__isnull=False).select_related("case").order_by("id")
        if options["case"]:
            letters = letters.filter(case__reference__in=options["case"])
        sound = drawn = 0
        broken = []
        for letter in letters.iterator(chunk_size=100):
            faults = letter_faults(letter)
            sound += not faults
            drawn += drawn_here(letter)
            broken += [f"{letter.case.reference} letter {letter.pk}: {fault}" for fault in faults]
        for line in broken:
            self.stderr.write(line)
        self.stdout.write(f"{sound} of {sound + len({line.split(':')[0] for line in broken})} letters are sound, {drawn} drawn again.")
        if broken:
            raise CommandError("Some letters are not what was issued.")
