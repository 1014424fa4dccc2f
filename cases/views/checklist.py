"""Saves of the checklist: under htmx the parts that changed, otherwise back to the row. The actions say what may be done."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from authreview.access import reads
from authreview.errors import Incomplete, Problem
from cases import permissions
from cases.actions import review as actions
from cases.actions.facts import resolve_flag, typed_fact
from cases.actions.marking import Marked, Selection
from cases.actions.rest import NOTHING_LEFT, NOTHING_OPENED, mark_rest
from cases.forms.checklist import CiteForm, FindingForm, ResolveFlagForm, TypedFactForm, problems_of, shown_versions
from cases.presenters.case import line_tab
from cases.presenters.checklist import numbering
from cases.presenters.rest import rest_shown
from cases.presenters.row import mark_of, status_of, word_of
from cases.presenters.standing import standing
from cases.queries.case_page import line_to_mark, open_request, pages_opened
from cases.queries.documents import documents_of
from cases.queries.lines import LineReview
from cases.queries.rest import rest_of

from .loaders import UserRequest, load_case

AnyForm = TypeVar("AnyForm", bound=Form)
NOTHING_TO_ACCEPT = "There is nothing to accept: every proposal is answered, or waits for a fact to be confirmed."


@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: UserRequest, reference: str, number: int, criterion: str) -> HttpResponse:
    """One row: its finding and note, a proposal accepted, a quote taken away, or the same on sibling lines."""
    if request.method != "POST":
        return _as_saved(request, reference, number, criterion)
    sent = _valid(request, FindingForm(request.POST)).cleaned_data
    where: dict[str, Any] = {"reference": reference, "line": number, "criterion": criterion, "by": request.user}
    if sent["uncite"]:
        marked = actions.remove_evidence(**where, evidence_id=sent["uncite"])
        words = "The quote is taken away." if marked.written else "This quote was taken away before."
        return saved(request, marked, criterion, said=words, cited=True)
    if sent["accept"]:
        marked = actions.accept_proposal(**where, finding=sent["accept"], version=sent["version"], note=sent["note"])
        return saved(request, marked, criterion)
    marked = actions.record_finding(**where, value=sent["value"], note=sent["note"], version=sent["version"])
    if sent["copy"]:
        copied = actions.copy_to_siblings(**where)
        _say_copied(request, copied.copied_to)
        return saved(request, Marked(copied.case, marked.before, copied.after, marked.written), criterion, cited=True)
    return saved(request, marked, criterion)


@require_http_methods(["POST"])
def cite(request: UserRequest, reference: str, number: int) -> HttpResponse:
    """Cite a passage to a criterion, by selection or by typed words."""
    form = _valid(request, CiteForm(request.POST))
    passage = form.passage()
    if passage is None:
        raise Incomplete("Select the words in the record first, or type them.", [Problem("Words", message="Nothing is selected.")])
    criterion = form.cleaned_data["criterion"]
    marked = actions.cite(reference=reference, line=number, criterion=criterion, by=request.user, selection=Selection(**passage))
    return saved(request, marked, criterion, cited=True)


@require_http_methods(["POST"])
def fact(request: UserRequest, reference: str, number: int, criterion: str) -> HttpResponse:
    """A fact typed into a row: fact, arithmetic and finding together."""
    form = _valid(request, TypedFactForm(request.POST))
    passage = form.passage()
    typed = typed_fact(
        reference=reference,
        line=number,
        criterion=criterion,
        text=form.cleaned_data["typed"],
        by=request.user,
        selection=Selection(**passage) if passage else None,
        version=form.cleaned_data["version"],
    )
    proposal = typed.marked.after.line.proposals.get(criterion)
    more = "" if typed.accepted or not proposal else f" {proposal['arithmetic'][:1].upper()}{proposal['arithmetic'][1:]}."
    messages.success(request, f"Recorded: {typed.understood}.{more}")
    response = saved(request, typed.marked, criterion, changed=_changed_proposals(typed.marked), cited=passage is not None)
    response["HX-Trigger-After-Settle"] = "checklist:recorded"
    return response


@require_http_methods(["POST"])
def proposals(request: UserRequest, reference: str, number: int) -> HttpResponse:
    """Every acceptable proposal of a line at once."""
    marked = actions.accept_proposals(reference=reference, line=number, by=request.user)
    count = len(marked.written)
    messages.success(request, f"{count} proposal{'s' if count > 1 else ''} accepted." if count else NOTHING_TO_ACCEPT)
    response = saved(request, marked, "", said=f"{count} accepted.")
    response["HX-Trigger-After-Settle"] = "checklist:accepted"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@reads("case")
def rest(request: UserRequest, reference: str, number: int) -> HttpResponse:
    """What is left of a line, to be marked not documented in one step; first as a list of what that would be."""
    if request.method == "POST":
        shown = shown_versions(request.POST.getlist("shown"))
        marked = mark_rest(reference=reference, line=number, by=request.user, shown=shown)
        count = len(marked.written)
        words = (
            f"{count} criteri{'on' if count == 1 else 'a'} marked not documented." if count else "They are marked not documented already."
        )
        messages.success(request, words)
        response = saved(request, marked, "", said=words)
        response["HX-Trigger"] = "close-dialog"
        response["HX-Trigger-After-Settle"] = "checklist:accepted"
        return response
    case = load_case(request, reference)
    permissions.check_read_clinical(request.user)
    review = line_to_mark(case, number)
    if review is None:
        raise Http404(f"{reference} has no line {number}.")
    left, opened = rest_of(review), pages_opened(case.pk, request.user.pk)
    reasons = (permissions.why_not(permissions.check_review, request.user, review.line), NOTHING_LEFT if not left.criteria else "")
    why_not = next((each for each in (*reasons, NOTHING_OPENED if not opened else "") if each), "")
    part = "#rest-dialog" if request.htmx else ""  # type: ignore[attr-defined]
    shown_rest = rest_shown(review, left, opened, documents_of(case), why_not)
    return render(request, f"cases/checklist/rest.html{part}", {"reference": reference, "rest": shown_rest})


@require_http_methods(["POST"])
def flag(request: UserRequest, reference: str, number: int, key: str) -> HttpResponse:
    """Resolve a flag with a reason."""
    sent = _valid(request, ResolveFlagForm(request.POST)).cleaned_data
    case = load_case(request, reference)
    resolve_flag(case_id=case.pk, line=number, flag=key, by=request.user, **sent)
    messages.success(request, "The flag is resolved.")
    review = line_to_mark(case, number)
    if review is None or not request.htmx:  # type: ignore[attr-defined]
        return redirect(reverse("case-line", args=[reference, number]) + "#flags")
    return answer(request, review, [], [], "The flag is resolved.")


# ---- answers --------------------------------------------------------------------------------------------------------------------
def saved(
    request: UserRequest, marked: Marked, criterion: str, *, said: str = "", changed: Iterable[str] = (), cited: bool = False
) -> HttpResponse:
    """The status of what was written, the marks that changed, panel, tab; without htmx the page, at the row."""
    review = marked.after
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(row_url(review.line.case.reference, review.line.number, criterion))
    written = list(dict.fromkeys([*marked.written, *([criterion] if criterion else []), *changed]))
    response = answer(request, review, written, marked.changed_marks, said or _said(review, criterion))
    if cited:
        response["HX-Trigger"] = "record:cited"
    return response


def answer(request: UserRequest, review: LineReview, written: Iterable[str], changed: Iterable[str], said: str) -> HttpResponse:
    """Everything out of band; the controls of the rows are left alone."""
    numbers = numbering(review)
    leaves = [leaf for each in written if (leaf := review.criterion(each)) is not None]
    name = review.joined.base.name if review.joined else ""
    shown = standing(review, request.user, open_request=open_request(review.line))
    context = {
        "reference": review.line.case.reference,
        "statuses": [status_of(review, leaf, numbers[leaf.id]) for leaf in leaves],
        "marks": mark_of(review, changed),
        "standing": shown,
        "tab": line_tab(review, name, current=True),
        "said": f"{said} {shown.headline}.",
    }
    return render(request, "cases/checklist/saved.html", context)


def _as_saved(request: UserRequest, reference: str, number: int, criterion: str) -> HttpResponse:
    """A row as it is saved now, for a page that is older."""
    case = load_case(request, reference)
    permissions.check_read_clinical(request.user)
    review = line_to_mark(case, number)
    if review is None or not request.htmx:  # type: ignore[attr-defined]
        return redirect(row_url(reference, number, criterion))
    return answer(request, review, [criterion], [leaf.id for leaf in review.criteria], _said(review, criterion))


def row_url(reference: str, number: int, criterion: str) -> str:
    anchor = f"#finding-{criterion}" if criterion else "#checklist"
    return reverse("case-line", args=[reference, number]) + anchor


def _said(review: LineReview, criterion: str) -> str:
    value = review.values.get(criterion)
    word = word_of(value, is_exclusion=criterion in review.exclusions).lower() if value else "note kept, not marked"
    return f"{numbering(review).get(criterion, '')}: {word}."


def _say_copied(request: UserRequest, lines: tuple[int, ...]) -> None:
    if lines:
        words = " and ".join(str(number) for number in lines)
        messages.success(request, f"Copied to line{'s' if len(lines) > 1 else ''} {words}.")
    else:
        messages.info(request, "The other lines have an answer already; nothing was copied.")


def _changed_proposals(marked: Marked) -> list[str]:
    before, after = marked.before.line.proposals, marked.after.line.proposals
    return [criterion for criterion in after if before.get(criterion) != after[criterion]]


def _valid(request: UserRequest, form: AnyForm) -> AnyForm:
    """The form, or Incomplete with its problems: what was posted is still in the row. Denied first, for who may not mark at all."""
    permissions.check_mark(request.user)
    if not form.is_valid():
        raise Incomplete("This could not be saved as it is.", problems_of(form))
    return form
