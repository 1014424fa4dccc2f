"""The page of the tree editor: what is read for it, and how its parts are put together. Nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from criteria import actions, node_fields, permissions, places
from criteria.enums import VersionStatus
from criteria.example_words import differences
from criteria.examples import Report
from criteria.format import dump, load
from criteria.forms import SaveTextForm
from criteria.models import PolicyVersion
from criteria.neighbours import known_plans
from criteria.node_fields import CHECK_CHOICES, GROUP_CHOICES
from criteria.presenters import editor as shown
from criteria.presenters.editor import Place
from criteria.presenters.example import example_view
from criteria.presenters.life import last_change, returned, steps
from criteria.presenters.node_form import NO_LISTS, Given, sections_of
from criteria.presenters.picked import lists_of
from criteria.presenters.trying import try_out
from criteria.queries import in_force_version, last_save, published_versions, sent_back
from criteria.readiness import Blocker, judged

from .pages import FOLDER, user_of
from .trying import criteria_of_example, trial_of

TABS = ("tree", "references", "examples", "yaml")


@dataclass(frozen=True, slots=True)
class Again:
    """An operation that came too late, as it would be done to the draft as it stands now."""

    op: str
    at: str
    target: str
    label: str


@dataclass(frozen=True, slots=True)
class Stale:
    """A text that came too late: how it differs from what is stored, line by line; both together, where they touch different places."""

    lines: tuple[tuple[str, str], ...]
    both: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What was not stored: why, and all that was given, so that nothing of it is lost."""

    sentence: str = ""
    status: int = 200
    given: Given | None = None
    form: SaveTextForm | None = None
    stale: Stale | None = None
    again: Again | None = None
    problems: Sequence[Any] = field(default=())


def place_of(request: HttpRequest, version: PolicyVersion) -> Place:
    """Where the author is, from the address or the form: it is carried along, and kept nowhere."""
    data = request.POST if request.method == "POST" else request.GET
    tab = data.get("tab", "tree")
    findings = {key[2:]: data[key] for key in data if key.startswith("f-") and data[key]}
    base = reverse("admin:criteria_policyversion_editor", args=[version.pk])
    language = "es" if data.get("language") == "es" else "en"
    return Place(base, data.get("at", "rules[0].criteria"), tab if tab in TABS else "tree", findings, language, data.get("as", ""))


def rule_number(document: Any, place: Place) -> int:
    """The rule in hand: that of the node, or that of the example."""
    path = places.path_of(place.at)
    if len(path) > 1 and path[0] == "rules" and isinstance(path[1], int):
        return path[1]
    example = places.found(document, place.at) if path[:1] == ("examples",) else None
    return rule_named(document, example.get("rule")) if isinstance(example, dict) else 0


def rule_named(document: Any, name: Any) -> int:
    rules = places.found(document, "rules")
    named = [rule.get("id") if isinstance(rule, dict) else None for rule in rules] if isinstance(rules, list) else []
    return named.index(name) if name in named else 0


def editor_answer(request: HttpRequest, version: PolicyVersion, place: Place, refused: Refused | None = None) -> HttpResponse:
    refused = refused or Refused()
    document, user, others = version.document, user_of(request), list(published_versions())
    is_draft = version.status == VersionStatus.DRAFT
    why = "" if is_draft else f"It is {version.get_status_display().lower()}; only a draft is written."
    why = why or permissions.why_not(permissions.check_draft, user)
    standing = judged(version, others)
    blockers, report = standing.blockers if version.status in actions.IN_WORK else [], standing.report
    blocked = shown.blocked_nodes(document, blockers)
    number, today = rule_number(document, place), timezone.localdate()
    trial = trial_of(document, number, others, today, place.plan)
    now, saved = in_force_version(version.policy, today), last_save(version)
    context: dict[str, Any] = {
        "version": version,
        "place": place,
        "why": why,
        "may": not why,
        "refused": refused,
        "steps": steps(version),
        "change": last_change(version, saved.newest, user),
        "returned": returned(sent_back(version)) if is_draft else "",
        "before": now if now and now.pk != version.pk else None,
        "tree": shown.tree_rows(document, place, blocked),
        "references": shown.list_rows(document, place, blocked, "references", _kinds(document)),
        "examples": shown.list_rows(document, place, blocked, "examples", [("holds" if each.ok else "fails") for each in report.results]),
        "tabs": _tabs(document, place),
        "lacks": _lacks(len(blockers)),
        "try": try_out(trial, place.findings, place.language) if trial else None,
        "held": _held(report),
        "state": list(shown.state_fields(place)),
        "may_undo": not why and saved.undoable is not None,
        **_text(document, place, version, blockers, refused),
        **_node(version, place, blockers, report, others, refused.given),
    }
    return render(request, f"{FOLDER}/editor.html", context, status=refused.status)


def _node(
    version: PolicyVersion, place: Place, blockers: Sequence[Blocker], report: Report, others: Sequence[PolicyVersion], given: Given | None
) -> dict[str, Any]:
    """The form of the node in hand."""
    document, lists = version.document, NO_LISTS
    kind, node = places.kind_at(document, place.at), places.found(document, place.at)
    if kind in ("policy", "example"):
        lists = lists_of(version.policy.slug, known_plans(), others, timezone.localdate())
    parts = criteria_of_example(document, rule_named(document, node.get("rule")), others) if kind == "example" else []
    return {
        "kind": kind,
        "node": node if kind else {},
        "sections": sections_of(document, place.at, blockers, given, lists),
        "check": _check(node, given) if kind == "criterion" else "",
        "check_choices": CHECK_CHOICES,
        "group_kind": places.kind_of_group(node),
        "group_choices": GROUP_CHOICES,
        "own_errors": _own_errors(blockers, place.at),
        "example": example_view(node, place.at, parts, blockers, given, report) if kind == "example" else None,
    }


def _text(document: Any, place: Place, version: PolicyVersion, blockers: Sequence[Blocker], refused: Refused) -> dict[str, Any]:
    """What blocks submission; on the YAML tab with the lines of the text that is shown, and the text."""
    if place.tab != "yaml":
        return {"blockers": shown.blocked_rows(document, place, blockers), "form": None}
    if refused.form is not None:  # what is shown is another text: its lines are not those of what is stored
        return {"blockers": shown.blocked_rows(document, place, blockers), "form": refused.form}
    text = dump(document)
    form = SaveTextForm(initial={"text": text, "revision": version.revision})
    return {"blockers": shown.blocked_rows(document, place, blockers, load(text, "").text.lines), "form": form}


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
    in_tree = place.at if places.path_of(place.at)[:1] in ((), ("rules",)) else "rules[0].criteria"
    first = {"tree": in_tree, "references": "references[0]", "examples": "examples[0]", "yaml": place.at}
    labels = {"tree": "Tree", "yaml": "YAML"} | {key: f"{key.capitalize()} {count}" for key, count in counts.items()}
    return [{"label": labels[tab], "url": place.url(first[tab], tab), "current": tab == place.tab} for tab in TABS]


def _held(report: Report) -> dict[str, Any]:
    """How many examples hold, and the ones that fail with their place."""
    fails = [(f"examples[{number}]", result.name, differences(result)) for number, result in enumerate(report.results) if not result.ok]
    return {"all": len(report.results), "ok": len(report.results) - len(fails), "fails": fails[:5], "ran": not report.errors}
