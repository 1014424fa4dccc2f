"""Code sets as pages show them: previews, lists, versions of a code. Display values; no queries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from authreview import due
from authreview.reading_ease import reading_label
from cases import wording
from cases.code_changes import Change, ChangeKind, Plan
from cases.code_files import MEBIBYTE, CodeFile
from cases.enums import CodeSet
from cases.models import CodeImport, DiagnosisCode, ServiceCode
from criteria.models import PolicyVersion
from criteria.tree import Rule

MOST_SHOWN = 100  # changes of a kind on the page; the file to take away has all
TITLES = {
    ChangeKind.REWORDED: ("Changed wording", "The version in force is closed on the day before, and followed."),
    ChangeKind.ENDED: ("Ended", "In force now, and not in this file."),
    ChangeKind.WITHDRAWN: ("Withdrawn", "Not in use yet, and not in this file."),
    ChangeKind.NEW: ("New", ""),
    ChangeKind.EXTENDED: ("In force for longer", "The same wording with a later last day."),
}
BEGINS_A_FORMULA = ("=", "+", "-", "@")


def days(starts: date | None, ends: date | None) -> str:
    """ "from 1 Oct 2026", "1 Oct 2026 to 30 Sep 2027"."""
    if starts is None:
        return f"until {due.day(ends)}" if ends else ""
    return f"{due.day(starts)} to {due.day(ends)}" if ends else f"from {due.day(starts)}"


@dataclass(frozen=True, slots=True)
class Group:
    """Changes of one kind; `more` are not shown."""

    kind: str
    title: str
    note: str
    count: int
    rows: tuple[tuple[Change, str], ...]
    more: int


def groups(plan: Plan) -> list[Group]:
    """What asks for a look first."""
    found = []
    counts = plan.counts
    for kind, (title, note) in TITLES.items():
        if counts[kind]:
            first = [change for change in plan.changes if change.kind is kind][:MOST_SHOWN]
            rows = tuple((change, days(change.starts, change.ends)) for change in first)
            found.append(Group(kind.value, title, note, counts[kind], rows, counts[kind] - len(rows)))
    return found


def file_facts(file: CodeFile, filename: str) -> list[tuple[str, str]]:
    """How the file was read."""
    table = file.table
    facts = [
        ("File", filename),
        ("Size", f"{table.size_bytes / MEBIBYTE:.1f} MB" if table.size_bytes >= MEBIBYTE else f"{table.size_bytes:,} bytes"),
        ("Written in", table.encoding),
        ("Separated by", table.separated_by),
        ("Rows read", f"{len(file.rows):,}"),
    ]
    if file.passed_over:
        facts.append(("Not billable, left out", f"{file.passed_over:,}"))
    if table.not_read:
        facts.append(("Columns not read", ", ".join(table.not_read)))
    return facts


def change_lines(plan: Plan) -> Iterator[list[str]]:
    """Every change as a row of a CSV file that a spreadsheet does not run."""
    yield ["change", "code", "in force", "before", "after"]
    for change in plan.changes:
        yield [change.kind.value, change.code, days(change.starts, change.ends), _inert(change.before), _inert(change.after)]


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text


def import_words(row: CodeImport) -> str:
    """ "68 new, 12 reworded, 3 ended"."""
    counts = (
        (row.added, "new"),
        (row.reworded, "reworded"),
        (row.extended, "extended"),
        (row.ended, "ended"),
        (row.withdrawn, "withdrawn"),
    )
    return ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing"


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a code: its days, how it stands today, what it says. `standing`: kind and words of a pill."""

    standing: tuple[str, str]
    days: str
    text: str
    descriptor: str
    lay: tuple[tuple[str, str, str], ...]  # language, words, how hard they are to read
    rules: tuple[str, ...]
    verify: str
    told: str


def version_view(row: ServiceCode | DiagnosisCode, on: date) -> VersionView:
    shown = (standing_of(row, on), days(row.effective_from, row.effective_until))
    if isinstance(row, DiagnosisCode):
        return VersionView(*shown, row.text, "", (), (), "", "")
    lay = tuple((name, text, reading_label(text, key)) for key, name in LANGUAGES if (text := row.lay_name.get(key, "")))
    return VersionView(*shown, row.name, row.descriptor, lay, rules(row), row.verify, "")


LANGUAGES = (("en", "English"), ("es", "Spanish"))


def standing_of(row: ServiceCode | DiagnosisCode, on: date) -> tuple[str, str]:
    if row.effective_from > on:
        return "ask", "To come"
    if row.effective_until and row.effective_until < on:
        return "na", "Ended"
    return "met", "In force"


def rules(row: ServiceCode) -> tuple[str, ...]:
    """Its unit rules in words."""
    found = []
    if row.max_units_per_day is not None:
        found.append(f"at most {row.max_units_per_day} unit{'s' if row.max_units_per_day > 1 else ''} a day")
    if row.per_side:
        found.append("asked for by side")
    if row.min_sites is not None or row.max_sites is not None:
        found.append(_sites(row.min_sites, row.max_sites))
    return tuple(found)


def _sites(fewest: int | None, most: int | None) -> str:
    if fewest is None:
        return f"at most {most} site{'s' if most != 1 else ''}"
    if most is None:
        return f"{fewest} or more sites"
    return f"{fewest} site{'s' if fewest != 1 else ''}" if fewest == most else f"{fewest} to {most} sites"


def history(row: ServiceCode) -> list[str]:
    """Who brought this version, and who set its last day."""
    found = []
    if row.changed_by and row.changed_at:
        found.append(f"Written by {row.changed_by.get_full_name() or row.changed_by.username}, {due.day_time(row.changed_at)}")
    if row.ended_by and row.ended_at:
        found.append(f"Last day set by {row.ended_by.get_full_name() or row.ended_by.username}, {due.day_time(row.ended_at)}")
    return found or ["Part of the installation"]


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One code in a list: the version in force, or the latest, and what is to come."""

    code: str
    view: VersionView
    versions: int
    coming: str
    has_words: bool


def code_lines(rows: Iterable[tuple[str, Sequence[ServiceCode | DiagnosisCode]]], on: date) -> list[CodeLine]:
    """`rows`: code and its versions, the latest first."""
    found = []
    for code, versions in rows:
        now = next((row for row in versions if standing_of(row, on)[0] == "met"), None)
        row = now or versions[0]
        coming = [each for each in versions if each.effective_from > on and each is not row]
        worded = isinstance(row, DiagnosisCode) or bool(row.lay_name.get("en"))
        found.append(CodeLine(code, version_view(row, on), len(versions), days(coming[-1].effective_from, None) if coming else "", worded))
    return found


@dataclass(frozen=True, slots=True)
class WordingUsed:
    """A policy that names the code, and what letters about it call the service. `differs`: in other words than the code's own."""

    title: str
    url: str
    lay: tuple[tuple[str, str], ...]
    differs: bool


def wordings_used(found: Iterable[tuple[PolicyVersion, Rule]], ours: Mapping[str, str]) -> list[WordingUsed]:
    return [
        WordingUsed(
            str(version),
            reverse("policy-version", args=[version.policy.slug, version.version]),
            tuple((name, text) for key, name in LANGUAGES if (text := rule.lay_name.get(key, ""))),
            any(rule.lay_name.get(key, "") != ours.get(key, "") for key, _ in LANGUAGES),
        )
        for version, rule in found
    ]


@dataclass(frozen=True, slots=True)
class Read:
    """How a wording reads: the measure, and what a member's text must not hold."""

    language: str
    label: str
    problems: tuple[str, ...]


def read_aloud(english: str, spanish: str) -> list[Read]:
    """For what stands in the two fields."""
    texts = (("English", "en", english), ("Spanish", "es", spanish))
    return [
        Read(name, reading_label(text, key), tuple(each.sentence for each in wording.lint(text)))
        for name, key, text in texts
        if text.strip()
    ]


SET_WORDS = {
    CodeSet.DIAGNOSIS: "The public release of the National Center for Health Statistics, each October and April.",
    CodeSet.PROCEDURE: "Our own words and unit rules by code. Descriptors come from the table that your licence covers; none is shipped.",
}
