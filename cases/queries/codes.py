"""Codes that are kept: in force on a day, their versions, what a file would change, which files were imported. Reads alone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils import timezone

from authreview.errors import Conflict, Incomplete
from cases.code_changes import Plan, Version, plan
from cases.code_files import CodeFile, NotACodeFile, Release, read_codes
from cases.enums import CodeSet
from cases.models import CodeImport, DiagnosisCode, ServiceCode
from cases.storage import StoredFileDamaged, read_bytes
from criteria.models import PolicyVersion
from criteria.parsed import tree_of, with_trees
from criteria.queries import ends_on, published_versions
from criteria.tree import Rule

A_PAGE = 50
MOST_LETTERS = 200  # of what was typed; SQLite compares with no pattern of 50,000 letters or of 1,000 words
MODELS: dict[CodeSet, type[ServiceCode] | type[DiagnosisCode]] = {CodeSet.DIAGNOSIS: DiagnosisCode, CodeSet.PROCEDURE: ServiceCode}
TEXT = {CodeSet.DIAGNOSIS: "text", CodeSet.PROCEDURE: "descriptor"}
NOT_KEPT = "The file of this preview is not kept any more. Bring it again."


def in_force(on: date) -> Q:
    """Versions that hold on this day; the last day is part of a version."""
    return Q(effective_from__lte=on) & (Q(effective_until__isnull=True) | Q(effective_until__gte=on))


def services_begun(codes: Collection[str]) -> dict[str, ServiceCode]:
    """Code -> the version in force today, or the last one that was: a line under review outlives its code."""
    rows = ServiceCode.objects.filter(code__in=set(codes), effective_from__lte=timezone.localdate())
    return {row.code: row for row in rows.order_by("effective_from")}


# ---- what a file changes --------------------------------------------------------------------------------------------------------
def kept_versions(code_set: CodeSet) -> dict[str, list[Version]]:
    """Code -> its versions by first day. One statement, read as it comes."""
    rows = MODELS[code_set].objects.order_by("code", "effective_from")
    found: dict[str, list[Version]] = {}
    for pk, code, text, starts, ends in rows.values_list("pk", "code", TEXT[code_set], "effective_from", "effective_until").iterator(5000):
        found.setdefault(code, []).append(Version(pk, text, starts, ends))
    return found


def stored_file(sha256: str, release: Release) -> CodeFile:
    """A file that was brought before, read again. Raises Conflict where it is gone, Incomplete where it is no table."""
    try:
        return read_codes(read_bytes(sha256), release)
    except StoredFileDamaged as damaged:
        raise Conflict(NOT_KEPT) from damaged
    except NotACodeFile as wrong:
        raise Incomplete(wrong.sentence) from wrong


def planned(file: CodeFile, release: Release, today: date) -> Plan:
    return plan(file, release, kept_versions(release.code_set), today)


def imported_before(sha256: str, release: Release) -> CodeImport | None:
    """The import of these very bytes as the same release."""
    same = CodeImport.objects.filter(code_set=release.code_set, file_sha256=sha256, effective_from=release.effective_from)
    return same.filter(effective_until=release.effective_until, is_whole=release.is_whole).first()


# ---- lists ----------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SetNow:
    """How much of a set is in force, and what was imported last."""

    code_set: CodeSet
    in_force: int
    coming: int
    last: CodeImport | None


def sets_now(on: date) -> list[SetNow]:
    """Two statements for both sets, and one for the imports."""
    latest: dict[str, CodeImport] = {}
    for each in CodeImport.objects.filter(pk__in=_latest_imports()).select_related("imported_by"):
        latest[each.code_set] = each
    found = []
    for code_set, model in MODELS.items():
        counted = model.objects.aggregate(now=Count("pk", filter=in_force(on)), coming=Count("pk", filter=Q(effective_from__gt=on)))
        found.append(SetNow(code_set, counted["now"], counted["coming"], latest.get(code_set)))
    return found


def _latest_imports() -> Iterable[int]:
    return [row.pk for each in CodeSet if (row := CodeImport.objects.filter(code_set=each).first())]


def imports(most: int = A_PAGE) -> list[CodeImport]:
    """Newest first."""
    return list(CodeImport.objects.select_related("imported_by")[:most])


@dataclass(frozen=True, slots=True)
class CodePage:
    """One page of codes with all versions of each; `following` is the code after which the next page starts."""

    rows: Sequence[tuple[str, Sequence[ServiceCode | DiagnosisCode]]]
    following: str
    is_first: bool


def code_page(code_set: CodeSet, text: str, only: str, after: str, on: date) -> CodePage:
    """Codes that begin like the text, or whose wording holds all its words. Two statements."""
    model = MODELS[code_set]
    rows = model.objects.filter(_matching(code_set, text.replace("\0", "").strip()[:MOST_LETTERS]), _narrowed(only, on))
    if after:
        rows = rows.filter(code__gt=after.replace("\0", ""))
    codes = list(rows.order_by("code").values_list("code", flat=True).distinct()[: A_PAGE + 1])
    shown = codes[:A_PAGE]
    versions: dict[str, list[ServiceCode | DiagnosisCode]] = {code: [] for code in shown}
    for row in model.objects.filter(code__in=shown).order_by("code", "-effective_from"):
        versions[row.code].append(row)
    return CodePage(list(versions.items()), shown[-1] if len(codes) > A_PAGE else "", not after)


def _matching(code_set: CodeSet, text: str) -> Q:
    words = text.split()
    if not words:
        return Q()
    columns = ("text",) if code_set == CodeSet.DIAGNOSIS else ("name", "descriptor", "lay_name")
    worded = Q()
    for word in words:
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": word})
        worded &= anywhere
    return Q(code__startswith=words[0].upper()) | worded if len(words) == 1 else worded


def _narrowed(only: str, on: date) -> Q:
    match only:
        case "now":
            return in_force(on)
        case "coming":
            return Q(effective_from__gt=on)
        case "unworded":
            return in_force(on) & Q(lay_name__en__isnull=True)
        case "verify":
            return in_force(on) & ~Q(verify="")
        case _:
            return Q()


def service_versions(code: str) -> list[ServiceCode]:
    """Every version of a procedure code, the latest first."""
    return list(
        ServiceCode.objects.filter(code=code.replace("\0", "")).select_related("changed_by", "ended_by").order_by("-effective_from")
    )


def naming_rules(code: str, on: date) -> list[tuple[PolicyVersion, Rule]]:
    """Published versions in force on this day or later that name a code, each with its rule: letters about it say that rule's words."""
    found = with_trees(published_versions().filter(codes__code=code.replace("\0", "")).order_by("policy__slug", "-effective_from"))
    rules = [(version, tree_of(version).rule_for(code)) for version in found if (ends_on(version) or date.max) >= on]
    return [(version, rule) for version, rule in rules if rule is not None and not version.overlays]


def standing(versions: Iterable[ServiceCode]) -> str:
    """What somebody saw of a code: another text once any of its versions changed."""
    return ".".join(f"{row.pk}-{row.effective_until or ''}-{row.changed_at.timestamp() if row.changed_at else ''}" for row in versions)
