"""The request for information: writing and sending it, and ticking off what came."""

from collections.abc import Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.forms import BaseFormSet, formset_factory
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from authreview.access import reads
from authreview.errors import Conflict, Denied, Incomplete
from authreview.numbers import whole_number
from cases import permissions, workflow
from cases.actions.clock import foresee_stop, turnaround_rule
from cases.actions.information import Answer, draft_request, receive_items, send_request
from cases.actions.letters import issue_wanted
from cases.enums import LineStatus
from cases.forms.decide import AnsweredInForm, AnswerForm, ItemForm, OwnItemForm, UntilForm, newest_since
from cases.letters.drafts import foreseen_letters, owed_letters
from cases.letters.requirements import errors
from cases.models import Case, InformationRequest, ServiceLine
from cases.presenters.decide import head, line_name
from cases.presenters.request import (
    GROUPS,
    asked_shown,
    back_words,
    consequence,
    document_choices,
    follows,
    item_shown,
    letters_foreseen,
    lines_words,
    request_shown,
    targets_text,
)
from cases.queries.asking import AskedItem, ItemDraft, WantedItem, answer_until, asked_items, wanted_items
from cases.queries.letters import letter_material
from cases.queries.lines import LineReview, line_review
from cases.queries.recorded import CaseRecord, open_items
from cases.queries.requests import answers_to, drafted, request_of, unsent_request
from cases.queries.worklist import service_names
from cases.turnaround import Rule

from .loaders import UserRequest, load_case, load_record

ItemForms = formset_factory(ItemForm, extra=0, max_num=200)
AnswerForms = formset_factory(AnswerForm, extra=0, max_num=200)
PAGE = "cases/decide/request.html"


@dataclass(frozen=True)
class Asking:
    """The request page of one case as its reader has it: what could be asked for, and what is typed."""

    record: CaseRecord
    reviews: list[LineReview]  # of the lines that this person may ask about
    about: int | None
    wanted: list[WantedItem]
    forms: BaseFormSet[Any]
    own: OwnItemForm
    date: UntilForm
    rule: Rule | None
    decide_by: datetime | None
    until: datetime
    now: datetime


@require_http_methods(["GET", "HEAD", "POST"])
@reads("case")
def ask(request: UserRequest, reference: str) -> HttpResponse:
    """The items as the tree and the flags write them; POST sends them, or keeps them for later."""
    page = _asking(request, reference)
    record, case = page.record, page.record.case
    if request.method == "POST" and all([page.forms.is_valid(), page.own.is_valid(), page.date.is_valid()]):
        return _sent(request, case, _drafts(page.forms, page.own), page.date)
    shown = {targets_text(item.targets): item_shown(item) for item in page.wanted}
    context = {
        "head": head(case, record.lines, service_names({line.code for line in record.lines}), page.now),
        "case": case,
        "about": page.about,
        "groups": _grouped(page.forms, shown),
        "forms": page.forms,
        "own": page.own,
        "date": page.date,
        "reads_spanish": _language(case) == "es",
        "consequence": consequence(page.rule, page.until, page.decide_by),
        "why": "" if page.reviews else _why_nothing(request, record),
        **_foreseen(request, page),
    }
    return render(request, PAGE, context, status=422 if request.method == "POST" else 200)


@require_POST
@reads("case")
def ask_foreseen(request: UserRequest, reference: str) -> HttpResponse:
    """What sending would do, while the request is put together: which lines wait, and the letters as they would read. Nothing is kept."""
    page = _asking(request, reference)
    return render(request, f"{PAGE}#foreseen", _foreseen(request, page) | {"case": page.record.case, "about": page.about, "oob": True})


@require_http_methods(["GET", "HEAD", "POST"])
@reads("case")
def received(request: UserRequest, reference: str, request_id: int) -> HttpResponse:
    """A sent request, item by item; POST ticks off what came, or takes lines back as they are."""
    record = load_record(request, reference)
    case = record.case
    sent = request_of(case, request_id)
    if sent is None:
        raise Http404(f"{reference} has no request {request_id}.")
    items = asked_items(sent)
    documents = list(case.documents.order_by("id"))
    choices = document_choices(documents)
    forms = AnswerForms(_posted(request), prefix="item", initial=[{}] * len(items), form_kwargs={"documents": choices}, auto_id="id_%s")
    came = AnsweredInForm(_posted(request), prefix="all", documents=choices, initial={"document": newest_since(documents, sent.sent_at)})
    if request.method == "POST":
        permissions.check_receive_information(request.user)
        if forms.is_valid() and came.is_valid():
            return _received(request, case, record.lines, items, forms, came)
    waiting = [line for line in record.lines if line.status == LineStatus.AWAITING_INFORMATION]
    context = {
        "head": head(case, record.lines, service_names({line.code for line in record.lines}), timezone.now()),
        "case": case,
        "sent": request_shown(sent),
        "rows": list(zip([asked_shown(item) for item in items], forms, strict=False)),
        "forms": forms,
        "came": came,
        "waiting": [{"number": line.number, "words": lines_words([line.number])} for line in waiting],
        "why": permissions.why_not(permissions.check_receive_information, request.user),
        "documents_url": reverse("documents", args=[reference]),
    }
    return render(request, "cases/decide/received.html", context, status=422 if request.method == "POST" else 200)


# ---- parts: asking --------------------------------------------------------------------------------------------------------------
def _asking(request: UserRequest, reference: str) -> Asking:
    """Raises Denied for somebody who posts and may ask about no line."""
    record = load_record(request, reference)
    permissions.check_read_clinical(request.user)
    case = record.case
    reviews = _askable(request, record)
    if request.method == "POST" and not reviews:
        raise Denied(_why_nothing(request, record))
    about = whole_number(request.GET.get("line", ""))
    wanted = _with_draft(wanted_items(reviews, open_items(case), about=about), case)
    now, zone, rule = timezone.now(), _zone(case), turnaround_rule(case)
    decide_by = min((each.line.decide_by for each in reviews if each.line.decide_by), default=None)
    until = answer_until(rule, decide_by, now, zone)
    return Asking(
        record=record,
        reviews=reviews,
        about=about,
        wanted=wanted,
        forms=_item_forms(request, case, wanted),
        own=OwnItemForm(_posted(request), prefix="own", lines=_own_lines(reviews), member_language=_language(case)),
        date=UntilForm(_posted(request), zone=zone, initial={"answer_by": until.astimezone(zone).date()}),
        rule=rule,
        decide_by=decide_by,
        until=until,
        now=now,
    )


def _foreseen(request: UserRequest, page: Asking) -> dict[str, Any]:
    """Lines and letters as sending what is ticked now would leave them; what is not right yet is left out."""
    items, until = [item.draft for item in page.wanted if item.ticked], page.until
    if request.method == "POST":
        valid = [page.forms.is_valid(), page.own.is_valid(), page.date.is_valid()]
        items = [item for form in page.forms if (item := form.so_far()) is not None] + page.own.drafts()
        until = page.date.cleaned_data["answer_by"] if valid[-1] else until
    mine = {review.line.number for review in page.reviews}
    items = [item for item in items if all(target.line in mine for target in item.targets)]
    asked = {target.line for item in items for target in item.targets}
    letters = []
    if items:
        record = replace(page.record, lines=[copy(line) for line in page.record.lines])
        lines = {line.number: line for line in record.lines if line.number in asked}
        foresee_stop(record.case, page.rule, lines.values(), until=until, now=page.now)
        sent, rows = unsent_request(record.case, items, lines, by=request.user, until=until, now=page.now)
        letters = letters_foreseen(foreseen_letters(letter_material(record.case, record), sent, rows, page.now))
    return {"follows": follows(page.record.lines, asked), "letters": letters, "oob": False}


def _askable(request: UserRequest, record: CaseRecord) -> list[LineReview]:
    """Lines that this person may ask about; a line in a conversation is asked about after it."""
    reviews = [line_review(line) for line in record.lines if line.status in workflow.UNDECIDED]
    return [
        review
        for review in reviews
        if review.line.status != LineStatus.PEER_TO_PEER
        and permissions.can(permissions.check_request_information, request.user, review.line)
    ]


def _why_nothing(request: UserRequest, record: CaseRecord) -> str:
    refused = [permissions.why_not(permissions.check_request_information, request.user, line) for line in record.lines]
    return next((why for why in refused if why), permissions.NOT_OPEN)


def _with_draft(wanted: list[WantedItem], case: Case) -> list[WantedItem]:
    """What was kept for later, ticked, before what could be asked for besides."""
    kept = drafted(case)
    taken = {target for item in kept for target in item.targets}
    rest = [item for item in wanted if taken.isdisjoint(item.targets)]
    if not kept:
        return rest
    return [*kept, *(replace(item, ticked=False) for item in rest)]


def _item_forms(request: UserRequest, case: Case, wanted: Sequence[WantedItem]) -> BaseFormSet[Any]:
    initial = [
        {"tick": item.ticked, "targets": targets_text(item.targets), "en": item.wording["en"], "es": item.wording.get("es", "")}
        for item in wanted
    ]
    return ItemForms(_posted(request), prefix="item", initial=initial, form_kwargs={"member_language": _language(case)})


def _own_lines(reviews: Sequence[LineReview]) -> list[tuple[int, str]]:
    return [(review.line.number, line_name(review.line, {})) for review in reviews]


def _drafts(forms: BaseFormSet[Any], own: OwnItemForm) -> list[ItemDraft]:
    return [form.draft() for form in forms if form.cleaned_data.get("tick")] + own.drafts()


def _sent(request: UserRequest, case: Case, items: list[ItemDraft], date: UntilForm) -> HttpResponse:
    if "keep" in request.POST:
        draft_request(case_id=case.pk, items=items, by=request.user)
        messages.success(request, "Kept, not sent. It is here when you come back.")
        return redirect("information-request", case.reference)
    sent = send_request(case_id=case.pk, items=items, answer_by=date.cleaned_data["answer_by"], by=request.user)
    lines = lines_words(sorted({target.line for item in items for target in item.targets}))
    verb = "waits" if lines.startswith("Line ") else "wait"
    issued, held = _issue_letters(request, sent)
    letters = f" {issued} letter{' is' if issued == 1 else 's are'} issued." if issued else ""
    messages.success(request, f"Asked for {len(items)} thing{'' if len(items) == 1 else 's'}. {lines} {verb} for the answer.{letters}")
    if held:
        messages.warning(request, "A letter of this request was not issued with it: something is missing, or somebody was faster.")
        return redirect("letters", case.reference)
    return redirect("case", case.reference)


def _issue_letters(request: UserRequest, sent: InformationRequest) -> tuple[int, int]:
    """Issue the letters of a request with the press that sent it. How many went out, and how many are to be looked at on the letters page.

    The request is sent by now: a letter that somebody else was faster with is no refusal of it.
    """
    case = load_case(request, sent.case.reference)
    owed = [each for each in owed_letters(letter_material(case), timezone.now()) if each.wanted.request == sent]
    ready = [each for each in owed if not errors(each.problems)]
    issued = 0
    for each in ready:
        with suppress(Conflict, Incomplete):
            issue_wanted(case_id=case.pk, key=each.wanted.key, by=request.user)
            issued += 1
    return issued, len(owed) - issued


def _grouped(forms: BaseFormSet[Any], shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Item forms under their headings, in their order. What was posted stays where it stood."""
    groups: dict[str, list[tuple[Any, Any]]] = {key: [] for key in GROUPS}
    for form in forms:
        item = shown.get(form["targets"].value() or "")
        ticked = bool(form["tick"].value())
        group = item.group if item and not (ticked and item.group != "ask") else "ask" if ticked else "more"
        groups[group].append((form, item))
    return [{"key": key, "title": title, "rows": groups[key]} for key, title in GROUPS.items() if groups[key]]


# ---- parts: answers -------------------------------------------------------------------------------------------------------------
def _received(
    request: UserRequest,
    case: Case,
    lines: Sequence[ServiceLine],
    items: Sequence[AskedItem],
    forms: BaseFormSet[Any],
    came: AnsweredInForm,
) -> HttpResponse:
    everything = "everything" in request.POST
    answers: list[Answer] = []
    for item, form in zip(items, forms, strict=False):
        status = "received" if everything and item.is_open else form.cleaned_data.get("status", "")
        if not status:
            continue
        if not item.is_open:
            raise Conflict(f"Item {item.number} has been answered already.")
        document, page = form.cleaned_data.get("document"), form.cleaned_data.get("page")
        if document is None:
            document, page = came.cleaned_data.get("document"), page or came.cleaned_data.get("page")
        answers += [Answer(row.pk, status, document, page) for row in answers_to(item)]
    take_back = [number for text in request.POST.getlist("take_back") if (number := whole_number(text)) is not None]
    receive_items(case_id=case.pk, answers=answers, take_back=take_back, by=request.user)
    after = load_case(request, case.reference)
    before = {line.number for line in lines if line.status == LineStatus.AWAITING_INFORMATION}
    messages.success(request, back_words([line for line in after.lines.order_by("number") if line.number in before]))
    return redirect(reverse("case", args=[case.reference]) + _where_it_came(answers))


def _where_it_came(answers: Sequence[Answer]) -> str:
    """The viewer opens at what came: it is what the nurse reads next."""
    place = next(((each.document, each.page or 1) for each in answers if each.document), None)
    return f"?document={place[0]}&page={place[1]}" if place else ""


def _posted(request: UserRequest) -> QueryDict | None:
    """An empty form was sent too: it is refused as one, not taken for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def _zone(case: Case) -> ZoneInfo:
    return ZoneInfo(case.plan.time_zone if case.plan else "America/New_York")


def _language(case: Case) -> str:
    return case.member.language if case.member else "en"
