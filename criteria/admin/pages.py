"""The pages of policy versions in the administration: import, the version with its steps, its file. What is done is done by the actions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from authreview import due
from authreview.errors import Conflict, Incomplete
from authreview.models import User
from authreview.numbers import whole_number
from criteria import actions, permissions
from criteria.comparison import changes
from criteria.enums import VersionStatus
from criteria.example_words import Difference, differences
from criteria.examples import Result
from criteria.format import dump, loaded, parse
from criteria.forms import PolicyTextForm, PublishForm, RetireForm, ReturnForm, WaiveForm
from criteria.models import PolicyVersion
from criteria.neighbours import running_reviews
from criteria.presenters.document import policy_view
from criteria.presenters.life import STATUS_PILLS, change_rows, entries, problem_rows, returned, steps
from criteria.queries import authors, history, in_force_version, published_versions, sent_back
from criteria.readiness import Blocker, judged, looks_back
from criteria.views import yaml_answer

FOLDER = "admin/criteria/policyversion"
PAGE = "admin:criteria_policyversion_change"


def must(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


# ---- import


def bring_in(request: HttpRequest) -> HttpResponse:
    """A draft from a file or from pasted text; errors stand beside their lines, and what was given stays."""
    user = user_of(request)
    if request.method != "POST":
        start = PolicyVersion.objects.filter(pk=whole_number(request.GET.get("from", "")) or 0).first()
        form = PolicyTextForm(initial={"text": dump(start.document) if start else ""})
        return _import_page(request, form, start, 200)
    form = PolicyTextForm(request.POST, request.FILES)
    if not form.is_valid() or form.loaded is None or form.loaded.document is None:
        return _import_page(request, form, None, 422)
    try:
        draft = actions.new_draft(document=form.loaded.document, by=user)
    except Conflict as conflict:  # caught, so that what was pasted stays on the page
        form.add_error(None, conflict.sentence)
        return _import_page(request, form, None, 409)
    messages.success(request, f"{draft} is stored as a draft.")
    return redirect(PAGE, draft.pk)


def _import_page(request: HttpRequest, form: PolicyTextForm, start: PolicyVersion | None, status: int) -> HttpResponse:
    return render(request, f"{FOLDER}/import.html", {"form": form, "start": start}, status=status)


# ---- the version


@dataclass(frozen=True, slots=True)
class StepButton:
    """One thing that can be done with a version from its status; `why` says why not now. `form` goes with it, `warning` before it."""

    name: str
    label: str
    kind: str
    why: str
    note: str = ""
    form: Any = None
    warning: str = ""


@require_safe
def version_page(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """The tree as a nurse reads it, where the version stands in its life, what is missing, and what can be done."""
    if loaded(version.document, "").policy is None:  # a draft that is not complete has no such tree yet
        return redirect("admin:criteria_policyversion_editor", version.pk)
    return _version_page(request, version, {}, 200)


def _version_page(request: HttpRequest, version: PolicyVersion, forms: dict[str, Any], status: int) -> HttpResponse:
    tree = parse(version.document)
    view = policy_view(tree)
    in_work = version.status in actions.IN_WORK
    standing = judged(version, list(published_versions()))
    blockers = standing.blockers if in_work else []
    now = in_force_version(version.policy, timezone.localdate())
    before = now if now and now.pk != version.pk else None
    context = {
        "version": version,
        "view": view,
        "pill": STATUS_PILLS[version.status],
        "steps": steps(version),
        "returned": returned(sent_back(version)) if version.status == VersionStatus.DRAFT else "",
        "in_work": in_work,
        "problems": problem_rows(version.document, blockers, view.anchors),
        "buttons": _buttons(user_of(request), version, blockers, forms),
        "results": _results(standing.report.results, len(tree.examples)),
        "entries": entries(history(version.policy, version.version)),
        "before": before,
        "changes": change_rows(changes(parse(before.document), tree)) if before else [],
        "may_draft": not permissions.why_not(permissions.check_draft, user_of(request)),
        "forms": [form for form in forms.values() if form.errors],
    }
    return render(request, f"{FOLDER}/version.html", context, status=status)


@require_safe
def compare(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """A version beside another of its policy: the one in force today, or the one before it, unless another is asked for."""
    others = list(version.policy.versions.exclude(pk=version.pk).order_by("-effective_from", "-pk"))
    asked = whole_number(request.GET.get("with", ""))
    now = in_force_version(version.policy, timezone.localdate())
    usual = next((other for other in others if now and other.pk == now.pk), next(iter(others), None))
    before = next((other for other in others if other.pk == asked), usual)
    one, other = (loaded(each.document, "").policy if each else None for each in (before, version))
    rows = change_rows(changes(one, other)) if one and other else []
    incomplete = [each for each, tree in ((before, one), (version, other)) if each and tree is None]
    context = {"version": version, "others": others, "before": before, "changes": rows, "incomplete": incomplete}
    return render(request, f"{FOLDER}/compare.html", context)


def _results(results: tuple[Result, ...], count: int) -> list[tuple[str, Result, tuple[Difference, ...]]]:
    """Each example with its anchor, and how it differs; none where they could not be run."""
    return (
        [(f"at-examples-{number}", result, differences(result)) for number, result in enumerate(results)] if len(results) == count else []
    )


def _buttons(user: User, version: PolicyVersion, blockers: Sequence[Blocker], forms: dict[str, Any]) -> list[StepButton]:
    """What can be done from this status, in the order in which it is usually wanted."""
    missing, lacks_spanish = len(blockers), any(blocker.where.endswith(".es") for blocker in blockers)
    lacks = f"{missing} thing{'s are' if missing > 1 else ' is'} missing; see the list." if missing else ""
    wrote = authors(version)
    drafts = permissions.why_not(permissions.check_draft, user)
    approves = permissions.why_not(permissions.check_approve, user, version, wrote)
    back = StepButton(
        "return", "Send back to draft", "quiet", permissions.why_not(permissions.check_return, user), form=forms.get("return", ReturnForm())
    )
    note = "Members who read Spanish then get the English words."
    waive = [StepButton("waive", "Agree to publish without Spanish", "quiet", approves, note, forms.get("waive", WaiveForm()))]
    waive = waive if lacks_spanish else []
    match version.status:
        case VersionStatus.DRAFT:
            return [
                StepButton("submit", "Submit for review", "accent", drafts or lacks),
                *waive,
                StepButton("discard", "Discard this draft", "quiet", drafts, "Its text stays in the history."),
            ]
        case VersionStatus.IN_REVIEW:
            return [StepButton("approve", "Approve", "accent", approves or lacks), back, *waive]
        case VersionStatus.APPROVED:
            publishes = permissions.why_not(permissions.check_publish, user, version, wrote)
            note = "From then on it cannot be changed. A correction is a new version."
            past = _past(version)
            form = forms.get("publish", PublishForm()) if past else None
            return [StepButton("publish", "Publish", "accent", publishes or lacks, note, form, past), back]
        case VersionStatus.PUBLISHED:
            retires = permissions.why_not(permissions.check_retire, user)
            note = "Reviews that began under it go on with it."
            return [StepButton("retire", "Retire", "quiet", retires, note, forms.get("retire", RetireForm()))]
    return []


def _past(version: PolicyVersion) -> str:
    """What publishing it today means for days that have passed, and for what is under way."""
    said = looks_back(version, timezone.localdate())
    running = running_reviews([row.code for row in version.codes.all()]) if said else 0
    if not running:
        return said
    return f"{said} {'1 running review keeps' if running == 1 else f'{running:,} running reviews keep'} what governs now."


@require_POST
def step(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """One step of the life of a version."""
    user, name = user_of(request), request.POST.get("step", "")
    is_past = name == "publish" and version.status == VersionStatus.APPROVED and looks_back(version, timezone.localdate())
    if name in ("return", "retire", "waive") or is_past:
        return _step_with_form(request, version, name)
    taken: dict[str, tuple[Callable[..., PolicyVersion], str]] = {
        "submit": (actions.submit, "is in review."),
        "approve": (actions.approve, "is approved."),
        "publish": (actions.publish, "is published."),
    }
    if name == "discard":
        actions.discard_draft(version_id=version.pk, by=user)
        messages.success(request, f"The draft {version} is discarded.")
        return redirect("admin:criteria_policyversion_changelist")
    if name not in taken:
        raise Incomplete("This step is not known. Load the page again.")
    action, said = taken[name]
    # a page that does not say what it showed is none that somebody read: it is answered as one that is out of date
    done = action(version_id=version.pk, by=user, shown=request.POST.get("shown") or "nothing")
    messages.success(request, f"{done} {said}")
    return redirect(PAGE, version.pk)


FORMS = {"return": ReturnForm, "retire": RetireForm, "publish": PublishForm, "waive": WaiveForm}


def _step_with_form(request: HttpRequest, version: PolicyVersion, name: str) -> HttpResponse:
    """A step that asks for something: whoever may not take it is not told what. The action asks for everybody who wrote the version."""
    user, form = user_of(request), FORMS[name](request.POST)
    match name:
        case "return":
            permissions.check_return(user)
        case "retire":
            permissions.check_retire(user)
        case "publish":
            permissions.check_publish(user, version)
        case "waive":
            permissions.check_approve(user, version)
    if not form.is_valid():
        return _version_page(request, version, {name: form}, 422)
    given = form.cleaned_data
    match name:
        case "return":
            done = actions.return_to_draft(version_id=version.pk, by=user, why=given["why"])
            said = "is a draft again."
        case "publish":
            done = actions.publish(version_id=version.pk, by=user, shown=request.POST.get("shown") or "nothing", confirmed_past=True)
            said = "is published."
        case "waive":
            done = actions.waive_spanish(version_id=version.pk, by=user, why=given["why"])
            said = "may be published without Spanish."
        case _:
            done = actions.retire(version_id=version.pk, by=user, last_day=given["last_day"])
            said = f"is retired; its last day is {due.day(given['last_day'])}."
    messages.success(request, f"{done} {said}")
    return redirect(PAGE, version.pk)


# ---- the file


@require_safe
def file(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    return yaml_answer(version)


def user_of(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
