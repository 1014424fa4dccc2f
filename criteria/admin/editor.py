"""The tree editor of a draft: where it starts, the address that saves the node in hand, the one that changes the tree.

What is written, actions write; the page itself is put together in editor_page.py.
"""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from authreview.errors import Conflict, Incomplete
from criteria import actions, editing, example_fields, node_fields, permissions, places
from criteria.editing import Edited
from criteria.forms import StartForm
from criteria.models import PolicyVersion
from criteria.presenters.editor import Place
from criteria.presenters.node_form import Given
from criteria.queries import document_at, later_saves, published_versions
from criteria.readiness import judged
from criteria.tryout import example_of, rule_at

from .editor_page import Again, Refused, editor_answer, place_of, rule_number
from .pages import FOLDER, user_of
from .trying import example_joined

OPERATIONS = {
    "add": editing.add_criterion,
    "group": editing.add_group,
    "rule": editing.add_rule,
    "note": editing.add_note,
    "reference": editing.add_reference,
    "case": editing.add_empty_example,
    "duplicate": editing.duplicate,
    "up": editing.move_up,
    "down": editing.move_down,
    "in": editing.move_in,
    "out": editing.move_out,
    "delete": editing.delete,
}
REMOVED = "What you were writing in was removed. What you typed is still in the form: copy what you need of it, then load the page again."
OFFERED_AGAIN = {
    "add": "Add a criterion at {}",
    "group": "Add a group at {}",
    "rule": "Add a rule",
    "note": "Add an evidence note to {}",
    "reference": "Add a reference",
    "case": "Add an example",
    "example": "Keep what was tried as an example",
    "expect": "Expect what came of {}",
    "duplicate": "Duplicate {}",
    "up": "Move {} up",
    "down": "Move {} down",
    "in": "Move {} in",
    "out": "Move {} out",
    "to": "Move {} there",
    "delete": "Remove {}",
}


def start(request: HttpRequest) -> HttpResponse:
    """A draft from nothing, or the next version of what is there: a title, a short name, a version. The rest is written in the tree."""
    number = request.GET.get("from", "")
    before = PolicyVersion.objects.select_related("policy").filter(pk=number).first() if number.isdecimal() and len(number) < 10 else None
    asked = {"title": before.title, "policy": before.policy.slug} if before else {}  # the document of a draft may lack either
    form = StartForm(request.POST if request.method == "POST" else None, initial=asked)
    if not form.is_bound or not form.is_valid():
        return render(request, f"{FOLDER}/start.html", {"form": form, "before": before}, status=422 if form.errors else 200)
    try:
        draft = actions.new_draft(document=_first(form.cleaned_data, before), by=user_of(request))
    except (Conflict, Incomplete) as refusal:  # caught, so that what was typed stays on the page
        form.add_error(None, refusal.sentence)
        return render(request, f"{FOLDER}/start.html", {"form": form, "before": before}, status=refusal.status)
    return redirect("admin:criteria_policyversion_editor", draft.pk)


def _first(said: dict[str, Any], before: PolicyVersion | None) -> places.JSON:
    """The document that a draft begins with: in force from today, until somebody says otherwise."""
    rule = {"id": "rule-1", "codes": [], "name": said["title"], "authority": "nurse", "criteria": {"all": []}}
    new = {"format": 1, "basis": "plan_policy", "source": {}, "rules": [rule]}
    return {**(before.document if before else new), **said, "effective": {"from": timezone.localdate().isoformat()}}


@require_safe
def editor_page(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    return editor_answer(request, version, place_of(request, version))


# ---- the node in hand


@require_POST
def save(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """The node in hand as its form has it. After another save nothing is stored, and what was typed stays in the form."""
    place = place_of(request, version)
    # a null character is no text: PostgreSQL keeps none
    given = {key.replace("\0", ""): [value.replace("\0", "") for value in request.POST.getlist(key)] for key in request.POST}
    document, revision = version.document, _revision(request)
    before = _before_own_operation(request, version)
    edited = _typed(document if before is None else before, place, given)
    handed = places.handed_on(before, edited.document, document, place.at) if before is not None else None
    if handed:
        edited, place, revision = editing.set_fields(document, *handed), replace(place, at=handed[0]), version.revision
    try:
        if edited.document != document or revision != version.revision:
            actions.save_draft(version_id=version.pk, document=edited.document, revision=revision, by=user_of(request))
    except (Conflict, Incomplete) as refusal:  # caught, so that what was typed stays on the page
        now = PolicyVersion.objects.select_related("policy").get(pk=version.pk)
        refused = Refused(refusal.sentence, refusal.status, given=Given(given))
        opened = document_at(now, _revision(request))
        at = places.followed(opened, now.document, place.at) if opened is not None else None
        if at is None and opened is not None:  # another node may stand at its place now: the page keeps the form as it is
            raise Conflict(f"{refusal.sentence} {REMOVED}") from refusal
        return _put(editor_answer(request, now, place if at is None else replace(place, at=at), refused), "#node")
    return redirect(place.url())


def _typed(document: places.JSON, place: Place, given: node_fields.Posted) -> Edited:
    """The document with the node in hand as its form has it."""
    kind, record = places.kind_at(document, place.at), places.found(document, place.at)
    if not kind:
        raise Conflict(REMOVED)
    edited = editing.set_fields(document, place.at, _written(kind, record, given))
    if kind == "group":
        n = node_fields.typed(node_fields.NodeField("n", "", "number"), given.get("n", []))
        wanted = node_fields.group_kind(record, "".join(given.get("kind", [])[-1:]))
        edited = editing.set_group(edited.document, place.at, wanted, n)
    return edited


def _before_own_operation(request: HttpRequest, version: PolicyVersion) -> places.JSON | None:
    """The draft as it was before what this very page did meanwhile (`late` is the revision that came of it): its form was typed in then.

    None for every other save: whatever else came between is a conflict.
    """
    revision, user = _revision(request), user_of(request)
    if request.POST.get("late") != str(version.revision) or revision >= version.revision:
        return None
    if any(save.by_id != user.pk for save in later_saves(version, revision)):
        return None
    return document_at(version, revision)


def _put(response: HttpResponse, where: str) -> HttpResponse:
    """Under htmx the part of the page that says it, whatever the request aimed at; the address stays."""
    response["HX-Retarget"] = response["HX-Reselect"] = where
    response["HX-Reswap"], response["HX-Push-Url"] = "outerHTML", "false"
    return response


def _written(kind: str, record: places.JSON, given: node_fields.Posted) -> places.JSON:
    """The keys of the record that the form changes."""
    new: places.JSON = {}
    for section in node_fields.SECTIONS[kind]:
        fields = tuple(field for field in section.fields if field.key != "n")
        new |= node_fields.written({**record, **{key: value for key, value in new.items() if value is not None}}, fields, given)
    if kind == "group":
        new["title"] = new["title"] or None
    if kind == "criterion":
        inner = {key.removeprefix("check."): values for key, values in given.items() if key.startswith("check.")}
        by_name = {key.partition(".")[2]: values for key, values in inner.items()}
        new["check"] = node_fields.written_check("".join(given.get("check", [])[-1:]), record, by_name)
    if kind == "example":
        found = {key.removeprefix("findings."): values[-1] for key, values in given.items() if key.startswith("findings.")}
        new["findings"] = {name: finding for name, finding in found.items() if finding} or None
        new["facts"] = example_fields.written_facts(record, given)
        new["expect"] = example_fields.written_lists(new.get("expect"), given) if "lists" in given else new.get("expect")
    if kind in ("criterion", "rule", "reference") and new.get("id") is None:
        new.pop("id", None)  # an id is never taken away
    return new


# ---- the tree


@require_POST
def do(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """One operation on the tree, on a list beside it, or the undoing of the last save. One that comes too late is offered again."""
    place, name, revision = place_of(request, version), request.POST.get("op", ""), _revision(request)
    if name != "undo" and name not in OFFERED_AGAIN:
        raise Incomplete("This operation is not known. Load the page again.")
    permissions.check_draft(user_of(request))
    try:
        if name == "undo":
            actions.undo_save(version_id=version.pk, revision=revision, by=user_of(request))
            messages.info(request, "The last change is undone.")
            return redirect(place.url())
        edited = _edited(version, place, name, request.POST.get("target", ""))
        if edited.refusal and revision == version.revision:
            messages.warning(request, edited.refusal)
            return redirect(place.url(edited.at))
        actions.save_draft(version_id=version.pk, document=edited.document, revision=revision, by=user_of(request))
    except Conflict as refusal:  # caught, so that what was wanted is not to be found again
        now = PolicyVersion.objects.select_related("policy").get(pk=version.pk)
        place, again = _again(now, place, name, request.POST.get("target", ""), revision)
        return _put(editor_answer(request, now, place, Refused(refusal.sentence, refusal.status, again=again)), "#editor")
    if name == "example":
        messages.success(request, "Kept as an example.")
    if name == "delete":
        messages.info(request, f"Removed: {places.named(version.document, place.at)}. Undo brings it back.")
    return redirect(place.url(edited.at))


def _edited(version: PolicyVersion, place: Place, name: str, target: str) -> Edited:
    document = version.document
    if name == "example":
        rule = rule_at(document, rule_number(document, place))
        if rule is None:
            raise Incomplete("There is nothing to keep yet: the rule has no criterion.")
        joined, whose = example_joined(document, rule, list(published_versions()), place.plan)
        return Edited(editing.add_example(document, {**example_of(rule, joined, place.findings), **whose}).document, place.at)
    if name == "expect":
        report, number = judged(version, list(published_versions())).report, places.path_of(place.at)[-1:]
        example = places.found(document, place.at)
        if places.kind_at(document, place.at) != "example" or report.errors:
            raise Incomplete("The examples cannot be run before what blocks submission is mended.")
        got = report.results[int(number[0])].got
        return editing.set_fields(document, place.at, {"expect": example_fields.expecting(example.get("expect"), got)})
    if name == "to":
        return editing.move_to(document, place.at, target)
    return OPERATIONS[name](document, place.at)


def _again(now: PolicyVersion, place: Place, name: str, target: str, revision: int) -> tuple[Place, Again | None]:
    """Where the node stands by now, and the operation on it; none where it is gone, or is no longer a draft's."""
    before = document_at(now, revision)
    at, goal = (None if before is None else places.followed(before, now.document, path) for path in (place.at, target))
    if at is None:
        return place, None
    moved = replace(place, at=at)
    if name == "undo" or (name == "to" and goal is None):
        return moved, None
    return moved, Again(name, at, goal or "", OFFERED_AGAIN[name].format(places.named(now.document, at)))


def _revision(request: HttpRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0
