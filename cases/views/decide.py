"""Steps of the nurse that decide or hand over: referring lines with one question, approving chosen lines in full."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authreview.access import reads
from authreview.numbers import whole_number
from authreview.session import is_fresh, is_password_of_reader
from cases import permissions
from cases.actions.determination import approve_lines, refer_lines
from cases.enums import SignedWith
from cases.forms.decide import ChosenLinesForm, ReferralForm
from cases.presenters.decide import approval_choices, head, neutral_question, referral_choices
from cases.presenters.request import lines_words
from cases.queries.lines import line_review
from cases.queries.worklist import service_names
from cases.readiness import referral_problems

from .loaders import UserRequest, load_record

WRONG_PASSWORD = "This is not your password. Nothing was signed."  # noqa: S105  a sentence, not a secret


@require_http_methods(["GET", "HEAD", "POST"])
@reads("case")
def refer(request: UserRequest, reference: str) -> HttpResponse:
    """Lines to hand to a medical director, and one neutral question written from the findings."""
    record = load_record(request, reference)
    permissions.check_read_clinical(request.user)
    if request.method == "POST":
        permissions.check_some(permissions.check_refer, request.user, record.lines)
    case, names = record.case, service_names({line.code for line in record.lines})
    reviews = [line_review(line) for line in record.lines]
    choices = referral_choices(reviews, names, request.user, _asked(request))
    ticked = [choice.number for choice in choices if choice.ticked]
    question = neutral_question([review for review in reviews if review.line.number in ticked], names)
    form = ReferralForm(request.POST or None, numbers=[line.number for line in record.lines], initial={"question": question})
    if request.method == "POST" and form.is_valid():
        for problem in referral_problems(form.cleaned_data["question"]):
            form.add_error("question", problem.message)
    if request.method == "POST" and form.is_valid():
        lines = form.cleaned_data["lines"]
        refer_lines(case_id=case.pk, lines=lines, question=form.cleaned_data["question"], by=request.user)
        said = lines_words(lines)
        messages.success(request, f"{said} {'is' if len(lines) == 1 else 'are'} with the medical director.")
        return redirect("case", reference)
    chosen = _posted(request) if request.method == "POST" else set(ticked)
    context = {
        "head": head(case, record.lines, names, timezone.now()),
        "case": case,
        "choices": [(choice, choice.number in chosen) for choice in choices],
        "form": form,
        "why": "" if any(not choice.why for choice in choices) else next((each.why for each in choices), permissions.NOT_OPEN),
    }
    return render(request, "cases/decide/referral.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@reads("case")
def approve(request: UserRequest, reference: str) -> HttpResponse:
    """Lines that a nurse may approve in full, each chosen by itself; one press signs them within a fresh session."""
    record = load_record(request, reference)
    permissions.check_read_clinical(request.user)
    if request.method == "POST":
        permissions.check_some(permissions.check_approve_as_nurse, request.user, record.lines)
    case, names = record.case, service_names({line.code for line in record.lines})
    choices = approval_choices([line_review(line) for line in record.lines], names, request.user, _asked(request))
    form = ChosenLinesForm(request.POST or None, numbers=[line.number for line in record.lines])
    fresh, error = is_fresh(request), ""
    if request.method == "POST" and form.is_valid():
        given = request.POST.get("password", "")
        signed_with = SignedWith.PASSWORD if is_password_of_reader(request, given) else SignedWith.SESSION
        if signed_with is SignedWith.PASSWORD or (fresh and not given):
            signed = approve_lines(case_id=case.pk, lines=form.cleaned_data["lines"], by=request.user, signed_with=signed_with)
            numbers = ", ".join(row.authorization_number or "" for row in signed)
            messages.success(request, f"Approved: {lines_words(form.cleaned_data['lines']).lower()}. Authorization {numbers}.")
            return redirect("case", reference)
        error = WRONG_PASSWORD if given else "Give your password: it was last asked for some hours ago."
    posted = _posted(request)
    context = {
        "head": head(case, record.lines, names, timezone.now()),
        "case": case,
        "choices": [(choice, choice.number in posted if request.method == "POST" else choice.ticked) for choice in choices],
        "any": any(not choice.why and not choice.problems for choice in choices),
        "form": form,
        "fresh": fresh,
        "error": error,
    }
    return render(request, "cases/decide/approve.html", context, status=422 if request.method == "POST" else 200)


def _asked(request: UserRequest) -> int | None:
    return whole_number(request.GET.get("line", ""))


def _posted(request: UserRequest) -> set[int]:
    return {number for text in request.POST.getlist("lines") if (number := whole_number(text)) is not None}
