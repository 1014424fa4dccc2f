"""The letters of a case: what is owed, its preview and what is missing; issue, void, delivery. And the batch of the letters desk."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authreview.access import reads, record_access
from authreview.errors import Conflict, Incomplete
from authreview.numbers import whole_number
from cases import permissions
from cases.actions.letters import issue_wanted, record_deliveries, record_delivery, void_letter
from cases.enums import LetterStatus
from cases.forms.letters import BatchForm, DeliveryForm, VoidForm
from cases.letters.drafts import Owed, owed_letters
from cases.letters.render import merged, pdf_of
from cases.models import Case, Letter
from cases.presenters import letters as shown
from cases.queries.letters import letter_bytes, letter_material, letter_of, letters_by_id, letters_of, print_batch, texts_held_up

from .loaders import UserRequest, load_case

PAGE = "cases/letters/letters.html"
NOT_SHOWN = "A letter is issued as it was shown. Look at it first."


@require_GET
@reads("letters")
def letters(request: UserRequest, reference: str) -> HttpResponse:
    """What the case owes to whom, one of it on its sheet; what was issued."""
    case = load_case(request, reference)
    material = letter_material(case)
    owed = owed_letters(material, timezone.now())
    wanted = request.GET.get("show", "")
    chosen = next((each for each in owed if each.wanted.key == wanted), owed[0] if owed else None)
    context = _page(request, case, owed, chosen) | {"history": shown.history(reference, material.letters)}
    return render(request, PAGE, context)


@require_POST
def letters_issue(request: UserRequest, reference: str) -> HttpResponse:
    """Issue the letters whose tokens (key and digest of what was shown) are posted."""
    permissions.check_issue_letter(request.user)
    case = load_case(request, reference)
    tokens = [token.partition(":") for token in request.POST.getlist("letter")]
    if not tokens:
        raise Incomplete("Choose a letter to issue.")
    if not all(digest for _, _, digest in tokens):
        raise Conflict(NOT_SHOWN)
    issued = [issue_wanted(case_id=case.pk, key=key, shown=digest, by=request.user) for key, _, digest in tokens]
    words = "The letter is issued." if len(issued) == 1 else f"{len(issued)} letters are issued."
    messages.success(request, f"{words} Record how it goes out once it has.")
    material = letter_material(load_case(request, reference))
    if owed_letters(material, timezone.now()):
        return redirect("letters", reference)
    return redirect("letter", reference, issued[-1].pk)


@require_GET
@reads("letter")
def letter(request: UserRequest, reference: str, letter_id: int) -> HttpResponse:
    """An issued letter with its delivery and, where it does not hold, why."""
    case, found = _letter(request, reference, letter_id)
    if found.status == LetterStatus.DRAFT:
        return redirect("letters", reference)
    return _issued(request, case, found)


@require_GET
@reads("letter")
def letter_pdf(request: UserRequest, reference: str, letter_id: int) -> HttpResponse:
    """The bytes that were issued."""
    _, found = _letter(request, reference, letter_id)
    pdf = letter_bytes(found)
    if pdf is None:
        raise Http404("This letter has not been issued.")
    return _pdf(pdf, shown.file_name(found))


@require_GET
@reads("letter")
def letter_draft_pdf(request: UserRequest, reference: str, key: str) -> HttpResponse:
    """A letter that is owed, as paper, with its watermark."""
    case = load_case(request, reference)
    owed = next((each for each in owed_letters(letter_material(case), timezone.now()) if each.wanted.key == key), None)
    if owed is None:
        raise Http404("This letter is not owed.")
    return _pdf(pdf_of(owed.html, watermark="DRAFT"), f"{reference}-draft-{key}.pdf")


@require_POST
def letter_void(request: UserRequest, reference: str, letter_id: int) -> HttpResponse:
    case, found = _letter(request, reference, letter_id)
    permissions.check_void_letter(request.user)
    form = VoidForm(request.POST)
    if not form.is_valid():
        return _issued(request, case, found, void=form, status=422)
    void_letter(letter_id=found.pk, by=request.user, **form.cleaned_data)
    messages.success(request, "The letter is void. What it told is to be told again.")
    return redirect("letters", reference)


@require_POST
def letter_delivery(request: UserRequest, reference: str, letter_id: int) -> HttpResponse:
    case, found = _letter(request, reference, letter_id)
    permissions.check_deliver(request.user)
    form = DeliveryForm(request.POST)
    if not form.is_valid():
        return _issued(request, case, found, delivery=form, status=422)
    record_delivery(letter_id=found.pk, by=request.user, **form.cleaned_data)
    messages.success(request, "The delivery is recorded.")
    return redirect("letter", reference, found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def letters_print(request: UserRequest) -> HttpResponse:
    """Issued letters that nobody has sent yet; POST records that the ticked ones went out."""
    permissions.check_deliver(request.user)
    waiting = print_batch()
    choices = [(each.pk, each.case.reference) for each in waiting]
    form = BatchForm(request.POST if request.method == "POST" else None, letters=choices)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = form.cleaned_data
        sent = record_deliveries(letter_ids=values["letters"], channel=values["channel"], sent_at=values["sent_at"], by=request.user)
        messages.success(request, f"{len(sent)} letter{' is' if len(sent) == 1 else 's are'} recorded as sent.")
        return redirect("letters-print")
    ticked = set(request.POST.getlist("letters")) if request.method == "POST" else {str(pk) for pk, _ in choices}
    held_up = shown.held_up_words(texts_held_up(timezone.localdate()))
    context = {"rows": shown.batch_rows(waiting), "form": form, "ticked": ticked, "held_up": held_up}
    return render(request, "cases/letters/print.html", context, status=422 if form.is_bound else 200)


@require_POST
def letters_print_pdf(request: UserRequest) -> HttpResponse:
    """The ticked letters as one file for the printer; each of them has been looked at then."""
    permissions.check_deliver(request.user)
    chosen = letters_by_id([pk for text in request.POST.getlist("letters") if (pk := whole_number(text)) is not None])
    pdfs = [pdf for each in chosen if (pdf := letter_bytes(each)) is not None]
    if not pdfs:
        raise Incomplete("Tick the letters to print.")
    for each in chosen:
        record_access(request.user, "letter", f"{each.case.reference}/{each.pk}")
    return _pdf(merged(pdfs), f"letters-{timezone.localdate():%Y-%m-%d}.pdf")


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _letter(request: UserRequest, reference: str, letter_id: int) -> tuple[Case, Letter]:
    """Raises Denied or Http404."""
    case = load_case(request, reference)
    found = letter_of(case, letter_id)
    if found is None:
        raise Http404(f"{reference} has no letter {letter_id}.")
    return case, found


def _page(request: UserRequest, case: Case, owed: list[Owed], chosen: Owed | None) -> dict[str, Any]:
    """The page at a letter that is owed, or at none."""
    why_not = permissions.why_not(permissions.check_issue_letter, request.user)
    blocking, advice = shown.split(chosen.problems) if chosen else ([], [])
    held_up = shown.held_up_here(texts_held_up(timezone.localdate(), case), chosen.draft) if chosen else []
    tabs = shown.tabs(case.reference, owed, chosen.wanted.key if chosen else "")
    clean = [tab for tab in tabs if not tab.blocked]
    return {
        "case": case,
        "tabs": tabs,
        "preview": shown.draft_preview(case.reference, chosen) if chosen else None,
        "tab": next((tab for tab in tabs if tab.current), None),
        "blocking": blocking,
        "advice": advice,
        "held_up": shown.held_up_words(held_up),
        "why_not": why_not or ("This letter cannot be issued yet: see what is missing." if blocking else ""),
        "all_clean": clean if len(clean) > 1 and not why_not else [],
        "issued": None,
        "may_print": permissions.can(permissions.check_deliver, request.user),
    }


def _issued(
    request: UserRequest,
    case: Case,
    found: Letter,
    *,
    delivery: DeliveryForm | None = None,
    void: VoidForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page at a letter that was issued."""
    material = letter_material(case)
    history = shown.history(case.reference, letters_of(case), found.pk)
    holds = found.status == LetterStatus.ISSUED
    may_void = holds and permissions.can(permissions.check_void_letter, request.user)
    context = _page(request, case, owed_letters(material, timezone.now()), None) | {
        "preview": shown.issued_preview(found),
        "history": history,
        "issued": next(row for row in history if row.pk == found.pk),
        "sha256": found.pdf_sha256,
        "delivery_form": (delivery or DeliveryForm()) if holds and permissions.can(permissions.check_deliver, request.user) else None,
        "void_form": (void or VoidForm()) if may_void else None,
    }
    return render(request, PAGE, context, status=status)


def _pdf(pdf: bytes, name: str) -> HttpResponse:
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
