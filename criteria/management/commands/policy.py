"""`manage.py policy check|import|export`: policy files on the command line. `check` needs no database.

The formats of the output are those of the policy file's own page, "Command line".
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from criteria import examples
from criteria.format import FormatError, Loaded, load
from criteria.format.yaml_text import MAX_BYTES
from criteria.management import policy_store


class Command(BaseCommand):
    help = "Checks clinical policy files and runs their examples, stores them as drafts, writes them back."
    requires_system_checks = ()  # a policy author waits for these
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="Validate policy files and run their examples. The files see each other.")
        check.add_argument("files", nargs="+", metavar="FILE")
        check.add_argument("--json", action="store_true", help="Print one list with one object per example, and nothing else.")
        bring = actions.add_parser("import", help="Store policy files as drafts; a draft of the same version is written again.")
        bring.add_argument("files", nargs="+", metavar="FILE")
        bring.add_argument("--by", default="", metavar="USERNAME", help="The policy editor whose drafts they are.")
        export = actions.add_parser("export", help="Write a stored version back as a file, to standard output.")
        export.add_argument("slug", metavar="SLUG")
        export.add_argument("--version", dest="wanted", default="", metavar="V", help="Default: in force today, else stored last.")
        export.add_argument("--fhir", action="store_true", help="Write its rules as a FHIR Bundle of Questionnaires.")
        pack = actions.add_parser("archive", help="Write every published version into one zip.")
        pack.add_argument("file", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"handle_{options['action']}")(**options)

    def handle_check(self, *, files: list[str], **options: Any) -> None:
        """Exit 1 if a file is invalid or an example fails."""
        reports = examples.check([read(name) for name in files])
        if options["json"]:
            self.stdout.write(json.dumps([row for report in reports for row in _rows(report)], indent=2))
        else:
            for report in reports:
                for line in _lines(report):
                    self.stdout.write(line.encode("utf-8", "backslashreplace").decode())
        if not all(report.ok for report in reports):
            sys.exit(1)

    def handle_import(self, *, files: list[str], by: str, **options: Any) -> None:
        """Bases before overlays. Exit 1 if a file is invalid or could not be stored; examples that fail are told, a draft may fail.

        The files see each other and what is stored, as at publishing. An exception may come in before its base does.
        """
        loaded = [read(name) for name in dict.fromkeys(files)]
        stored = policy_store.beside(loaded)
        bases = {file.policy.policy for file in (*loaded, *stored) if file.policy}
        reports = {report.file: report for report in examples.check([*loaded, *stored])[: len(loaded)]}
        person, all_stored = policy_store.drafter(by), True
        for file in sorted(loaded, key=lambda file: bool(file.policy and file.policy.overlays)):
            report = reports[file.name]
            waits = _waits_for_its_base(file, report, bases)
            for line in _lines(report, "WAITS  " if waits else "INVALID"):
                self.stdout.write(line.encode("utf-8", "backslashreplace").decode())
            is_stored, said = policy_store.store(file, person) if waits or not report.errors else (False, "it is not valid")
            all_stored &= is_stored
            self.stdout.write(f"{'STORED ' if is_stored else 'REFUSED'} {file.name}: {said}")
        if not all_stored:
            sys.exit(1)

    def handle_export(self, *, slug: str, wanted: str, fhir: bool, **options: Any) -> None:
        written = policy_store.questionnaires_of if fhir else policy_store.text_of
        self.stdout.write(written(slug, wanted), ending="")

    def handle_archive(self, *, file: str, **options: Any) -> None:
        try:
            Path(file).write_bytes(policy_store.archive_of_published())
        except OSError as problem:
            raise CommandError(f"{file} cannot be written: {problem.strerror}.") from problem


def read(name: str) -> Loaded:
    """The policy in a file of this name; a file that cannot be read is an invalid one."""
    try:
        with Path(name).open("rb") as file:
            return load(file.read(MAX_BYTES + 1), name)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else None
        return Loaded(name, None, (FormatError("", None, f"The file cannot be read: {reason or problem}."),), None)


def _rows(report: examples.Report) -> list[dict[str, Any]]:
    if report.errors:
        errors = [{"path": error.path, "line": error.line, "message": error.message} for error in report.errors]
        return [{"file": report.file, "ok": False, "errors": errors}]
    if not report.results:
        return [{"file": report.file, "ok": True, "examples": 0}]
    return [{"file": report.file, "rule": row.rule, "name": row.name, "ok": row.ok, "got": row.got} for row in report.results]


def _waits_for_its_base(file: Loaded, report: examples.Report, bases: Collection[str]) -> bool:
    """Whether nothing is wrong with an overlay but that its base is not known yet."""
    is_early = file.policy is not None and file.policy.overlays is not None and file.policy.overlays not in bases
    return is_early and bool(report.errors) and all(error.path == "overlays" for error in report.errors)


def _lines(report: examples.Report, wrong: str = "INVALID") -> list[str]:
    if report.errors:
        return [f"{wrong} {_place(report.file, error)}{error.message}" for error in report.errors]
    if not report.results:
        return [f"ok      {report.file}: valid, without examples"]
    return [_line(report.file, row) for row in report.results]


def _line(file: str, row: examples.Result) -> str:
    words = "; ".join((" ".join(row.name.split()), *row.differences))
    return f"{'ok     ' if row.ok else 'FAILED '} {file}: {row.rule}: {words}"


def _place(file: str, error: FormatError) -> str:
    line = f":{error.line}" if error.line else ""
    return f"{file}{line}: " + (f"{error.path}: " if error.path else "")
