"""The start page of the administration: what waits for this person first, then what they keep. Display values; no queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from authreview import due
from authreview.models import User
from authreview.roles import Role
from cases.queries.start import ToKeep
from criteria.models import PolicyVersion
from criteria.waiting import InWork, Reviews


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits. `kind`, `mark`: its pill."""

    label: str
    url: str
    detail: str
    kind: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A panel: its rows, and a link to all of them."""

    id: str
    title: str
    kind: str
    rows: tuple[Waiting, ...]
    more: str = ""
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A list that this person opens, in a few words, with what can be begun there."""

    label: str
    url: str
    says: str
    begin: tuple[tuple[str, str], ...] = ()


VERSIONS = "admin:criteria_policyversion"


# ---- what waits


def policies_waiting(user: User, in_work: Sequence[InWork], reviews: Reviews, today: date) -> list[Group]:
    """For an approver what waits for their word, for an editor their own drafts; for everybody who keeps policies the reviews."""
    approves, edits = user.has_role(Role.POLICY_APPROVER), user.has_role(Role.POLICY_EDITOR)
    groups = []
    if approves:
        mine = [each for each in in_work if each.version.status != "draft"]
        groups.append(Group("approval", "Waiting for approval", "ask", tuple(_to_approve(each, user) for each in mine)))
    if edits:
        own = tuple(_draft(each) for each in in_work if each.is_by(user))
        groups.append(Group("drafts", "My drafts", "calm", own, "Start a policy", reverse(f"{VERSIONS}_start")))
    if approves or edits:
        seen = {row.url for group in groups for row in group.rows}
        rest = tuple(row for row in map(_draft, in_work) if row.url not in seen)
        groups.append(Group("others", "Others in work", "calm", rest))
    all_overdue = f"{reverse(f'{VERSIONS}_changelist')}?today=overdue"
    overdue = tuple(_review(version, today) for version in reviews.overdue)
    groups.append(Group("overdue", "Policy reviews overdue", "late", overdue, "See them in the list", all_overdue))
    groups.append(Group("soon", "Policy reviews due within 60 days", "calm", tuple(_review(version, today) for version in reviews.soon)))
    return [group for group in groups if group.rows]


def _to_approve(each: InWork, user: User) -> Waiting:
    version = each.version
    sent = version.submitted_by if version.status == "in_review" else version.approved_by
    at = version.submitted_at if version.status == "in_review" else version.approved_at
    verb = "Submitted" if version.status == "in_review" else "Approved"
    said = f"{verb} by {_name(sent)} on {due.day(at)}; in force from {due.day(version.effective_from)}."
    if each.is_by(user) or version.submitted_by_id == user.pk:
        return Waiting(str(version), _url(version), f"{said} You wrote in it, so another approver has to.", "calm", "Yours")
    return Waiting(str(version), _url(version), said, "ask", "To approve" if version.status == "in_review" else "To publish")


def _draft(each: InWork) -> Waiting:
    version = each.version
    said = f"Begun by {_name(version.drafted_by)} on {due.day(version.drafted_at)}; in force from {due.day(version.effective_from)}."
    if each.returned:
        return Waiting(str(version), _url(version), f"{said} Sent back: {each.returned}", "unclear", "Sent back")
    kind = {"in_review": "ask", "approved": "accent"}.get(version.status, "calm")
    return Waiting(str(version), _url(version), said, kind, version.get_status_display())


def _review(version: PolicyVersion, today: date) -> Waiting:
    day = version.next_review or today
    late = (today - day).days
    if late > 0:
        detail = f"Its review was due on {due.day(day)}, {late} day{'s' if late > 1 else ''} ago."
        return Waiting(str(version), _url(version), detail, "late", "Overdue")
    return Waiting(str(version), _url(version), f"Its review is due on {due.day(day)}.")


def settings_waiting(user: User, found: ToKeep) -> list[Group]:
    """For an administrator: wording to approve, codes without words or unconfirmed, plans that are named and not kept."""
    texts = tuple(
        Waiting(
            str(text),
            reverse("admin:cases_lettertext_change", args=[text.pk]),
            f"Written by {_name(text.written_by)}; from {due.day(text.effective_from)}."
            + (" It is yours, so another administrator approves it." if text.written_by_id == user.pk else ""),
            *(("calm", "Yours") if text.written_by_id == user.pk else ("ask", "To approve")),
        )
        for text in found.texts
    )
    codes = []
    listed = reverse("codes", args=["procedure"])
    if found.unworded:
        codes.append(Waiting(_count(found.unworded, "procedure code"), f"{listed}?only=unworded", "Without words for members."))
    if found.unverified:
        codes.append(Waiting(_count(found.unverified, "procedure code"), f"{listed}?only=verify", "With something still to verify."))
    plans = tuple(
        Waiting(plan, f"{reverse('admin:cases_plan_add')}?code={plan}", "A published policy names this plan, and it is not kept here.")
        for plan in found.unknown_plans
    )
    groups = [
        Group("texts", "Letter texts waiting for approval", "ask", texts),
        Group("plans", "Plans that policies name", "unclear", plans),
        Group("codes", "Code sets", "calm", tuple(codes)),
    ]
    return [group for group in groups if group.rows]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _name(person: Any) -> str:
    return (person.get_full_name() or person.username) if person else "nobody"


def _url(version: PolicyVersion) -> str:
    return reverse(f"{VERSIONS}_change", args=[version.pk])


# ---- what is kept

# heading -> the models below it, each with its name here and what it is for
KEPT: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Policies": {
        "criteria.policyversion": ("Policy versions", "Drafts, tests, approval, dates in force, comparison."),
        "criteria.policyevent": ("Policy history", "Who did what with a policy, chained."),
    },
    "Plans and codes": {
        "cases.plan": ("Plans", "What letters print of a plan, and its exceptions."),
        "cases.servicecode": ("Procedure codes", "Every version, as a list."),
        "cases.diagnosiscode": ("Diagnosis codes", "ICD-10-CM, as a list."),
        "cases.codeimport": ("Code imports", "Which files were imported, by whom."),
    },
    "Deadlines and wording": {
        "cases.turnaroundrule": ("Turnaround rules", "How long a decision may take, by line of business and state."),
        "cases.lettertext": ("Letter texts", "Regulated wording: written by one, approved by another."),
    },
    "Cases": {
        "cases.case": ("Cases", "Where requests stand."),
        "cases.caseevent": ("Case history", "What happened to a case, chained."),
        "cases.letter": ("Letters", "Which letters there are, and the hash of each."),
    },
    "People": {
        "authreview.user": ("People", "Roles, licences, sign-in."),
        "auth.group": ("Roles", "What each role may do."),
        "authreview.accessrecord": ("Who looked at what", "Cases and documents that were opened."),
    },
}


def kept(apps: Iterable[Mapping[str, Any]], more: Mapping[str, Sequence[Entry]]) -> list[tuple[str, list[Entry]]]:
    """Headings with their lists. `apps`: Django's own list of what this person opens; `more`: pages that are no list, by heading."""
    models = {model["model"]._meta.label_lower: model for app in apps for model in app["models"]}  # noqa: SLF001 - _meta is public
    found = []
    for heading, names in KEPT.items():
        entries = [*more.get(heading, ()), *(_entry(models.pop(label), *said) for label, said in names.items() if label in models)]
        if entries:
            found.append((heading, entries))
    rest = [_entry(model, str(model["name"]), "") for model in models.values()]
    return [*found, ("More", rest)] if rest else found


def _entry(model: Mapping[str, Any], label: str, says: str) -> Entry:
    begin: tuple[tuple[str, str], ...] = (("Add", str(model["add_url"])),) if model["add_url"] else ()
    if label == "Policy versions" and begin:
        begin = (("Start a policy", reverse(f"{VERSIONS}_start")), ("Import a policy", str(model["add_url"])))
    return Entry(label, model["admin_url"] or "", says, begin)
