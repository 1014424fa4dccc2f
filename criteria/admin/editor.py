"""The tree editor of a draft: its page, the address that saves the node in hand, the one that changes the tree.

What is written, actions write.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from authreview.errors import Conflict, Incomplete
from criteria import actions, editing, node_fields, permissions, places
from criteria.enums import VersionStatus
from criteria.examples import Report
from criteria.format import dump
from criteria.forms import SaveTextForm, StartForm
from criteria.models import PolicyVersion
from criteria.node_fields import CHECK_CHOICES, GROUP_CHOICES
from criteria.presenters import editor as shown
from criteria.presenters.editor import Given, Place
from criteria.presenters.life import steps
from criteria.queries import in_force_version, last_save, published_versions
from criteria.readiness import judged
from criteria.tryout import example_of, rule_at

from .pages import FOLDER, _user

TABS = ("tree", "references", "examples", "yaml")
OPERATIONS = {
    "add": editing.add_criterion,
    "group": editing.add_group,
    "rule": editing.add_rule,
    "note": editing.add_note,
    "reference": editing.add_reference,
    "duplicate": editing.duplicate,
    "up": editing.move_up,
    "down": editing.move_down,
    "in": editing.move_in,
    "out": editing.move_out,
    "delete": editing.delete,
}


def start(request: HttpRequest) -> HttpResponse:
    """A draft from nothing, or the next version of what is there: a title, a short name, a version. The rest is written in the tree."""
    number = request.GET.get("from", "")
    before = PolicyVersion.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 10 else None
    asked = {"title": before.document["title"], "policy": before.document["policy"]} if before else {}
    form = StartForm(request.POST if request.method == "POST" else None, initial=asked)
    if not form.is_bound or not form.is_valid():
        return render(request, f"{FOLDER}/start.html", {"form": form, "before": before}, status=422 if form.errors else 200)
    try:
        draft = actions.new_draft(document=_first(form.cleaned_data, before), by=_user(request))
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
    return _page(request, version, _place(request, version))


@require_POST
def save(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """The node in hand as its form has it. After another save nothing is stored, and what was typed stays in the form."""
    place = _place(request, version)
    # a null character is no text: PostgreSQL keeps none
    given = {key.replace("\0", ""): [value.replace("\0", "") for value in request.POST.getlist(key)] for key in request.POST}
    document = version.document
    kind, record = places.kind_at(document, place.at), places.found(document, place.at)
    if not kind:
        raise Conflict(editing.GONE)
    edited = editing.set_fields(document, place.at, _written(kind, record, given))
    if kind == "group":
        n = node_fields.typed(node_fields.NodeField("n", "", "number"), given.get("n", []))
        edited = editing.set_group(edited.document, place.at, node_fields.group_kind(record, request.POST.get("kind", "")), n)
    try:
        if edited.document != document or _revision(request) != version.revision:
            actions.save_draft(version_id=version.pk, document=edited.document, revision=_revision(request), by=_user(request))
    except (Conflict, Incomplete) as refusal:  # caught, so that what was typed stays on the page
        now = PolicyVersion.objects.select_related("policy").get(pk=version.pk)
        response = _page(request, now, place, Given(given), refusal.sentence, refusal.status)
        response["HX-Retarget"], response["HX-Reselect"], response["HX-Reswap"] = "#node", "#node", "outerHTML"
        response["HX-Push-Url"] = "false"
        return response
    return redirect(place.url())


def _written(kind: str, record: places.JSON, given: dict[str, list[str]]) -> places.JSON:
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
    if kind in ("criterion", "rule", "reference") and new.get("id") is None:
        new.pop("id", None)  # an id is never taken away
    return new


@require_POST
def do(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """One operation on the tree, on a list beside it, or the undoing of the last save."""
    place, name, revision = _place(request, version), request.POST.get("op", ""), _revision(request)
    if name == "undo":
        actions.undo_save(version_id=version.pk, revision=revision, by=_user(request))
        messages.info(request, "The last change is undone.")
        return redirect(place.url())
    if name == "example":
        rule = rule_at(version.document, _rule_number(place))
        if rule is None:
            raise Incomplete("There is nothing to keep yet: the rule has no criterion.")
        edited = editing.add_example(version.document, example_of(rule, place.findings))
        edited = editing.Edited(edited.document, place.at)
        messages.success(request, "Kept as an example.")
    elif name == "to":
        edited = editing.move_to(version.document, place.at, request.POST.get("target", ""))
    elif name in OPERATIONS:
        edited = OPERATIONS[name](version.document, place.at)
    else:
        raise Incomplete("This operation is not known. Load the page again.")
    if edited.refusal:
        messages.warning(request, edited.refusal)
    else:
        actions.save_draft(version_id=version.pk, document=edited.document, revision=revision, by=_user(request))
    return redirect(place.url(edited.at))


def _revision(request: HttpRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _place(request: HttpRequest, version: PolicyVersion) -> Place:
    """Where the author is, from the address or the form: it is carried along, and kept nowhere."""
    data = request.POST if request.method == "POST" else request.GET
    tab = data.get("tab", "tree")
    findings = {key[2:]: data[key] for key in data if key.startswith("f-") and data[key]}
    base = reverse("admin:criteria_policyversion_editor", args=[version.pk])
    return Place(base, data.get("at", "rules[0].criteria"), tab if tab in TABS else "tree", findings)


def _rule_number(place: Place) -> int:
    path = places.path_of(place.at)
    return path[1] if len(path) > 1 and path[0] == "rules" and isinstance(path[1], int) else 0


def _page(
    request: HttpRequest, version: PolicyVersion, place: Place, given: Given | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    document, user = version.document, _user(request)
    is_draft = version.status == VersionStatus.DRAFT
    why = "" if is_draft else f"It is {version.get_status_display().lower()}; only a draft is written."
    why = why or permissions.why_not(permissions.check_draft, user)
    standing = judged(version, list(published_versions()))
    blockers, report = standing.blockers if version.status in actions.IN_WORK else [], standing.report
    blocked = shown.blocked_nodes(document, blockers)
    number = _rule_number(place)
    rule = rule_at(document, number)
    now = in_force_version(version.policy, timezone.localdate())
    kind, node = places.kind_at(document, place.at), places.found(document, place.at)
    context: dict[str, Any] = {
        "version": version,
        "place": place,
        "kind": kind,
        "node": node if kind else {},
        "why": why,
        "may": not why,
        "refusal": refusal,
        "steps": steps(version),
        "before": now if now and now.pk != version.pk else None,
        "tree": shown.tree_rows(document, place, blocked),
        "references": shown.list_rows(document, place, blocked, "references", _kinds(document)),
        "examples": shown.list_rows(document, place, blocked, "examples", [("holds" if each.ok else "fails") for each in report.results]),
        "tabs": _tabs(document, place),
        "sections": shown.sections_of(document, place.at, blockers, given),
        "check": _check(node, given) if kind == "criterion" else "",
        "check_choices": CHECK_CHOICES,
        "group_kind": places.kind_of_group(node),
        "group_choices": GROUP_CHOICES,
        "own_errors": _own_errors(blockers, place.at),
        "blockers": shown.blocked_rows(document, place, blockers),
        "lacks": _lacks(len(blockers)),
        "try": shown.try_out(rule, place.findings) if rule else None,
        "held": _held(report),
        "state": list(shown.state_fields(place)),
        "may_undo": not why and last_save(version).undoable is not None,
        "text_form": SaveTextForm(initial={"text": dump(document), "revision": version.revision}) if place.tab == "yaml" else None,
    }
    return render(request, f"{FOLDER}/editor.html", context, status=status)


def _lacks(count: int) -> str:
    return f"{count} thing{'s are' if count > 1 else ' is'} missing; see what blocks submission." if count else ""


def _kinds(document: Any) -> list[str]:
    items = places.found(document, "references")
    return [str(item.get("kind") or "") if isinstance(item, dict) else "" for item in items] if isinstance(items, list) else []


def _check(node: Any, given: Given | None) -> str:
    return "".join(given.values.get("check", [])[-1:]) if given else node_fields.check_of(node)[0]


def _own_errors(blockers: Any, at: str) -> list[str]:
    """What is wrong with the node as a whole, such as a group without children."""
    whole = {at, f"{at}.check"} | {f"{at}.{key}" for key in (*places.GROUP_KEYS, "at_least.of")}
    return [blocker.message for blocker in blockers if at and blocker.where in whole]


def _tabs(document: Any, place: Place) -> list[dict[str, Any]]:
    counts = {key: len(items) if isinstance(items := places.found(document, key), list) else 0 for key in ("references", "examples")}
    first = {"tree": "rules[0].criteria", "references": "references[0]", "examples": "examples[0]", "yaml": place.at}
    labels = {"tree": "Tree", "yaml": "YAML"} | {key: f"{key.capitalize()} {count}" for key, count in counts.items()}
    return [{"label": labels[tab], "url": place.url(first[tab], tab), "current": tab == place.tab} for tab in TABS]


def _held(report: Report) -> dict[str, Any]:
    """How many examples hold, and the ones that fail with their place."""
    fails = [(f"examples[{number}]", result) for number, result in enumerate(report.results) if not result.ok]
    return {"all": len(report.results), "ok": len(report.results) - len(fails), "fails": fails[:5], "ran": not report.errors}
