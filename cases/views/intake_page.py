"""The intake page put together: its context, and what each of its small buttons changes in what was typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from authreview.numbers import whole_number
from cases.forms.documents import UploadForm
from cases.forms.intake_page import IntakeForms, diagnosis_codes_typed
from cases.forms.typed import Typed, add_row, add_site, fill, remove_row, remove_site, rows_of, text_of, texts_of
from cases.models import Case, DiagnosisCode, ServiceCode
from cases.npi import npi_problem
from cases.presenters import intake as shown
from cases.queries import intake as queries
from cases.queries.search import members_found

Edited = tuple[str, str, dict[str, Any]]  # the section it is in, the field where writing goes on, and what was found

Searched = Mapping[int, Sequence[DiagnosisCode]]  # row -> what was found for it

DESCRIBED = ("title", "kind", "date", "source")
ROW_BUTTONS = {"line": ("lines", "code"), "diagnosis": ("diagnoses", "code"), "treatment": ("treatments", "kind")}


def page_context(case: Case | None, forms: IntakeForms, *, searched: Searched | None = None) -> dict[str, Any]:
    """What the page and each of its sections show. Notes and hints come from what is on file, for the texts as typed."""
    typed = forms.typed
    codes = list(texts_of(typed, "lines", "code"))
    services = queries.services(codes)
    titles = queries.diagnosis_texts(diagnosis_codes_typed(typed))
    repeats = queries.repeated(forms.asked(), besides=case)
    return {
        "case": case,
        "draft_key": text_of(typed, "draft_key"),
        "forms": forms,
        "form": forms.main,
        "diagnosis_rows": _diagnosis_rows(forms, titles, searched or {}),
        "line_rows": _line_rows(forms, services),
        "member_note": shown.member_note(queries.member_on_file(text_of(typed, "plan"), text_of(typed, "member_id"))),
        "requester_note": _practitioner_note(typed, "requester"),
        "facility_note": _practitioner_note(typed, "facility"),
        "repeats": shown.repeated(repeats, queries.codes_of(repeats), timezone.now()),
        "documents": queries.documents_of(case) if case else [],
        "upload": UploadForm(prefix="documents", initial={name: text_of(typed, f"documents-{name}") for name in DESCRIBED}),
        "members": None,
        "member_q": "",
        "saved_at": None,
        "out_of_band": False,
        "look_first": "",
        "focus": "",
        "begins": False,
    }


def edited(typed: Typed, button: str, value: str) -> Edited:
    """Do to the typed form what a button says."""
    verb, _, kind = button.partition("-")
    if kind in ROW_BUTTONS:
        return _row(typed, verb, kind, value)
    if kind == "site":
        return _site(typed, verb, value)
    if kind == "member":
        return _member(typed, verb, value)
    if button in ("find-requester", "find-facility"):
        return _practitioner(typed, kind)
    return "diagnoses", "", {}


def _row(typed: Typed, verb: str, kind: str, value: str) -> Edited:
    prefix, first = ROW_BUTTONS[kind]
    section = "care" if prefix == "treatments" else prefix
    if verb == "add":
        return section, f"{prefix}-{add_row(typed, prefix)}-{first}", {}
    index = whole_number(value)
    if verb == "remove" and index is not None:
        remove_row(typed, prefix, index)
        return section, f"add-{kind}", {}
    if verb == "search" and index is not None:
        found = queries.diagnoses_found(text_of(typed, f"diagnoses-{index}-code"))
        return section, "", {"searched": {index: found}}
    text, _, code = value.partition(":")
    row = whole_number(text)
    if verb == "pick" and row is not None and row < rows_of(typed, prefix):
        fill(typed, {f"diagnoses-{row}-code": code, f"diagnoses-{row}-text": queries.diagnosis_texts([code]).get(code, "")[:200]})
        return section, f"diagnoses-{row}-certainty", {}
    return section, "", {}


def _site(typed: Typed, verb: str, value: str) -> Edited:
    line, site = (whole_number(text) for text in value.partition(":")[::2])
    if line is None:
        return "lines", "", {}
    if verb == "add":
        return "lines", f"lines-{line}-site_{add_site(typed, line)}", {}
    if verb == "remove" and site is not None:
        remove_site(typed, line, site)
        return "lines", f"add-site-{line}", {}
    return "lines", "", {}


def _member(typed: Typed, verb: str, value: str) -> Edited:
    if verb == "find":
        return "member", "", {"members": shown.member_choices(members_found(value, queries.MOST_FOUND)), "member_q": value}
    number = whole_number(value)
    member = None if number is None else queries.member(number)
    if member is not None:
        typed.pop("large_print", None)
        fill(typed, shown.member_texts(member))
    return "member", "eligibility_seen", {}


def _practitioner(typed: Typed, prefix: str) -> Edited:
    npi = text_of(typed, f"{prefix}_npi").replace(" ", "").replace("-", "")
    fill(typed, {f"{prefix}_npi": npi})
    who = queries.practitioner_on_file(npi)
    if who is not None:
        fill(typed, shown.practitioner_texts(who, prefix), only_empty=True)
    return "practitioner", f"{prefix}_name" if who is None else f"{prefix}_phone", {}


def _diagnosis_rows(forms: IntakeForms, titles: Mapping[str, str], searched: Searched) -> list[dict[str, Any]]:
    return [
        {"number": number, "form": form, "title": titles.get(_code(forms.typed, "diagnoses", number), ""), "found": searched.get(number)}
        for number, form in enumerate(forms.diagnoses.forms)
    ]


def _line_rows(forms: IntakeForms, services: Mapping[str, ServiceCode]) -> list[dict[str, Any]]:
    rows = []
    for number, form in enumerate(forms.lines.forms):
        code = _code(forms.typed, "lines", number)
        rows.append({"number": number, "form": form, "hint": shown.service_hint(code, services.get(code))})
    return rows


def _practitioner_note(typed: Mapping[str, Any], prefix: str) -> shown.Hint | None:
    """Who is on file under an NPI, or what is wrong with it."""
    npi = text_of(typed, f"{prefix}_npi")
    if not npi:
        return None
    if wrong := npi_problem(npi):
        return shown.Hint(wrong, known=False)
    who = queries.practitioner_on_file(npi)
    return shown.Hint(shown.practitioner_note(who) or "Not on file yet.", known=who is not None)


def _code(typed: Mapping[str, Any], prefix: str, index: int) -> str:
    return text_of(typed, f"{prefix}-{index}-code").upper()
