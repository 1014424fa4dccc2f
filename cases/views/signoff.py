"""The director's page: one line at a time, everything it rests on beside the decision; nothing is chosen for anybody."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from authreview.access import reads
from authreview.due import day
from authreview.models import User
from authreview.session import is_fresh, is_password_of_reader
from cases import permissions
from cases.actions.determination import return_line, sign_determination
from cases.actions.peer_to_peer import Conversation, offer_peer_to_peer, record_peer_to_peer
from cases.enums import ADVERSE, LineStatus, Outcome, SignedWith
from cases.forms.decide import ASK, RETURN, ConversationForm, DecisionForm, OfferForm, TalkForm
from cases.models import Case, PeerToPeer, ServiceLine
from cases.presenters import signoff as shown
from cases.presenters.case import amendments
from cases.presenters.decide import asked_for, head, line_name
from cases.presenters.letter_words import LetterWords, letter_words
from cases.presenters.newer import news_shown
from cases.presenters.request import request_shown
from cases.presenters.timeline import drawing
from cases.queries.decide import Beside, beside, conversations, pages_opened, validity
from cases.queries.lines import LineReview, line_review
from cases.queries.newer import newer
from cases.queries.recorded import CaseRecord
from cases.queries.rules import policies
from cases.queries.snapshot import digest_shown, verify_signature
from cases.queries.timeline import course
from cases.queries.worklist import service_names
from cases.readiness import DecisionDraft, decision_problems

from .decide import WRONG_PASSWORD
from .loaders import UserRequest, load_line, load_record

PAGE = "cases/signoff.html"
ONCE_MORE = "Give your password: an adverse decision is signed with it."
AGAIN = "Give your password: it was last asked for some hours ago."


@require_http_methods(["GET", "HEAD"])
@reads("case")
def sign_off(request: UserRequest, reference: str) -> HttpResponse:
    """The first line that waits for a director, else the case."""
    record = load_record(request, reference)
    line = shown.next_line(record.lines, 0)
    if line is None:
        messages.info(request, "No line of this case waits for a medical director.")
        return redirect("case", reference)
    return redirect("sign-off-line", reference, line.number)


@require_http_methods(["GET", "HEAD", "POST"])
@reads("case")
def sign_off_line(request: UserRequest, reference: str, number: int) -> HttpResponse:
    """POST signs the decision, asks, or returns the line, as chosen."""
    record = load_record(request, reference)
    permissions.check_read_clinical(request.user)
    review = line_review(load_line(record, number))
    rest = beside(review.line)
    if request.method == "POST":
        return _decided(request, record, review, rest)
    return _page(request, record, review, rest, DecisionForm(sites=_sites(review), initial=_initial(record.case, review)))


@require_POST
def reason(request: UserRequest, reference: str, number: int) -> HttpResponse:
    """The member's reason for the basis chosen, its reading grade and what is wrong with it, while it is typed. Nothing is kept."""
    record = load_record(request, reference)
    review = line_review(load_line(record, number))
    permissions.check_decide(request.user, review.line)
    form = DecisionForm(request.POST, sites=_sites(review))
    form.is_valid()
    words = _words(record, review, beside(review.line), form, written="typed" in request.GET)
    part = "letter-marks" if "typed" in request.GET else "letter-words"
    return render(request, f"{PAGE}#{part}", {"words": words, "form": form, "case": record.case, "line": review.line})


@require_POST
def peer_to_peer(request: UserRequest, reference: str, number: int) -> HttpResponse:
    """Offer the conversation on a line, or record how it went."""
    record = load_record(request, reference)
    review = line_review(load_line(record, number))
    permissions.check_decide(request.user, review.line)
    rest = beside(review.line)
    offering = "offer" in request.POST
    form = _talk_form(request.user, record, review.line, conversations(record.case), is_open=not offering, posted=request.POST)
    if not form.is_valid():
        decision = DecisionForm(sites=_sites(review), initial=_initial(record.case, review))
        return _page(request, record, review, rest, decision, status=422, talk=form)
    data, case_id = form.cleaned_data, record.case.pk
    if offering:
        offer_peer_to_peer(case_id=case_id, lines=data["lines"], how=data["how"], open_until=data["open_until"], by=request.user)
        messages.success(request, "The conversation is offered. Record how it went before a decision against the request.")
    else:
        record_peer_to_peer(case_id=case_id, lines=data.pop("lines"), conversation=Conversation(**data), by=request.user)
        messages.success(request, "Recorded how the conversation went.")
    return redirect(reverse("sign-off-line", args=[reference, number]) + "#peer-to-peer")


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _decided(request: UserRequest, record: CaseRecord, review: LineReview, rest: Beside) -> HttpResponse:
    case, number = record.case, review.line.number
    form = DecisionForm(request.POST, sites=_sites(review))
    chosen = form.data.get("decision", "")
    if chosen in Outcome.values:
        permissions.check_outcome(request.user, chosen)
    permissions.check_decide(request.user, review.line)
    if not form.is_valid():
        return _page(request, record, review, rest, form, status=422)
    if chosen == ASK:
        return redirect(reverse("information-request", args=[case.reference]) + f"?line={number}")
    if chosen == RETURN:
        return_line(case_id=case.pk, line=number, why=form.cleaned_data["return_why"], by=request.user)
        messages.success(request, f"Line {number} is back with the nurse.")
        return _next(record, number)
    permissions.check_licence(request.user.licences.all(), case, timezone.localdate())
    if chosen in ADVERSE:
        permissions.check_specialty(request.user, case)
    return _signed(request, record, review, rest, form, _draft(form))


def _signed(
    request: UserRequest, record: CaseRecord, review: LineReview, rest: Beside, form: DecisionForm, draft: DecisionDraft
) -> HttpResponse:
    """Sign, or show the page again with everything that is missing. The reason that a member reads is seen before it is signed."""
    case, number = record.case, review.line.number
    if draft.outcome in ADVERSE and not (draft.member_reason or {}).get("en", "").strip():
        words = _words(record, review, rest, form, written=False)
        if words.reason_en:
            form = _with_reason(form, words, _sites(review))
            form.is_valid()
            form.add_error("member_reason_en", "This is what the letter would say, from the policy's wording. Read it, then sign.")
            return _page(request, record, review, rest, form, status=422)
    language = case.member.language if case.member else "en"
    problems = decision_problems(review, draft, rest.peer_to_peers, rest.requests, language=language)
    if problems:
        return _page(request, record, review, rest, form, status=422, problems=problems)
    given = request.POST.get("password", "")
    right = is_password_of_reader(request, given) if given else False
    if (given and not right) or (not right and (draft.outcome in ADVERSE or not is_fresh(request))):
        said = WRONG_PASSWORD if given else ONCE_MORE if draft.outcome in ADVERSE else AGAIN
        return _page(request, record, review, rest, form, status=422, error=said)
    signed = sign_determination(
        case_id=case.pk,
        line=number,
        draft=draft,
        by=request.user,
        signed_with=SignedWith.PASSWORD if right else SignedWith.SESSION,
        shown=form.cleaned_data["shown"],
    )
    messages.success(request, f"Line {number} is signed: {signed.get_outcome_display().lower()}.")
    return _next(record, number)


def _page(
    request: UserRequest,
    record: CaseRecord,
    review: LineReview,
    rest: Beside,
    form: DecisionForm,
    *,
    status: int = 200,
    problems: Any = (),
    error: str = "",
    talk: Any = None,
) -> HttpResponse:
    case, line, reader, now = record.case, review.line, request.user, timezone.now()
    names = service_names({each.code for each in record.lines})
    after = shown.next_line(record.lines, line.number)
    why = shown.why_not_sign(review, reader)
    rows = conversations(case)
    talks = [shown.conversation(row, rows) for row in rest.peer_to_peers]
    is_open = any(each.is_open for each in talks)
    context = {
        "head": head(case, record.lines, names, now, line),
        "case": case,
        "line": line,
        "asked_for": asked_for(line),
        "referrals": rest.referrals,
        "parts": shown.rule_parts(review, policies(line), rest.documents),
        "news": news_shown(newer(line, timezone.localdate(now))),
        "drawing": drawing(course(record, review, rest)),
        "requests": [request_shown(row, line.pk) for row in rest.requests],
        "conversations": talks,
        "talk": talk or _talk_form(reader, record, line, rows, is_open=is_open),
        "talk_is_open": is_open,
        "can_talk": not why and (is_open or line.status == LineStatus.PHYSICIAN_REVIEW),
        "flags": shown.flags_shown(review),
        "amendments": [each.words for each in amendments(rest.amendments)],
        "valid": " to ".join(dict.fromkeys(day(each) for each in validity(case, line, timezone.localdate(now)))),
        "opened": shown.opened_words(pages_opened(case.pk, reader.pk), rest.documents),
        "checks": shown.checks(review, reader, reader.licences.all(), case, timezone.localdate(now)),
        "form": form,
        "words": _words(record, review, rest, form, written=True),
        "digest": digest_shown(record, review, rest),
        "problems": problems,
        "error": error,
        "fresh": is_fresh(request),
        "why": why,
        "determination": review.determination,
        "verified": verify_signature(review.determination) if review.determination else False,
        "next_url": reverse("sign-off-line", args=[case.reference, after.number]) if after else "",
    }
    return render(request, PAGE, context, status=status)


def _talk_form(
    reader: User, record: CaseRecord, line: ServiceLine, rows: Sequence[PeerToPeer], *, is_open: bool, posted: QueryDict | None = None
) -> TalkForm:
    """Offering is for lines that wait, at first this one; how it went is told of all lines that were offered together.

    What was posted may come a second time, when its lines stand elsewhere already: the action knows it again.
    """
    case = record.case
    there = (
        (LineStatus.PEER_TO_PEER, LineStatus.PHYSICIAN_REVIEW)
        if posted
        else ((LineStatus.PEER_TO_PEER,) if is_open else (LineStatus.PHYSICIAN_REVIEW,))
    )
    mine = [each for each in record.lines if each.status in there and permissions.can(permissions.check_decide, reader, each)]
    names = [(each.number, line_name(each, {})) for each in mine]
    if is_open:
        offer = next((row for row in rows if row.line_id == line.pk and row.closed_at is None), None)
        offered = [row.line.number for row in shown.together(offer, rows) if row.closed_at is None] if offer else []
        return ConversationForm(posted, prefix="p2p", lines=names, initial={"lines": offered})
    zone = ZoneInfo(case.plan.time_zone if case.plan else "America/New_York")
    until = (timezone.now() + timedelta(days=1)).astimezone(zone).replace(hour=17, minute=0, second=0, microsecond=0)
    return OfferForm(posted, prefix="p2p", lines=names, initial={"open_until": until, "lines": [line.number]})


def _words(record: CaseRecord, review: LineReview, rest: Beside, form: DecisionForm, *, written: bool) -> LetterWords:
    """`written`: keep what stands in the fields; else the policy's wording for the basis."""
    typed = {language: str(form[f"member_reason_{language}"].value() or "") for language in ("en", "es")}
    basis, outcome = str(form["basis"].value() or ""), str(form["decision"].value() or "")
    language = record.case.member.language if record.case.member else "en"
    return letter_words(review, rest.requests, basis, outcome, language, typed if written else None)


def _with_reason(form: DecisionForm, words: LetterWords, sites: list[str]) -> DecisionForm:
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["member_reason_en"], data["member_reason_es"] = words.reason_en, words.reason_es
    return DecisionForm(data, sites=sites)


def _draft(form: DecisionForm) -> DecisionDraft:
    data = form.cleaned_data
    return DecisionDraft(
        outcome=data["decision"],
        basis=data["basis"],
        approved_units=data["approved_units"],
        approved_sites=tuple(data["approved_sites"]),
        valid_from=data["valid_from"],
        valid_through=data["valid_through"],
        rationale=data["rationale"],
        circumstances=data["circumstances"],
        alternatives=data["alternatives"],
        member_reason=form.reasons(),
        no_conflict=data["no_conflict"],
    )


def _initial(case: Case, review: LineReview) -> dict[str, Any]:
    first, last = validity(case, review.line, timezone.localdate())
    return {"valid_from": first, "valid_through": last, "approved_units": review.line.units}


def _sites(review: LineReview) -> list[str]:
    return [str(site) for site in review.line.sites.all()]


def _next(record: CaseRecord, number: int) -> HttpResponse:
    """The next line that waits for a director, else the case."""
    after = shown.next_line(record.lines, number)
    if after is None:
        return redirect("case", record.case.reference)
    return redirect("sign-off-line", record.case.reference, after.number)
