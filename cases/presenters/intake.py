"""What the intake page says beside its fields: who is on file, what a code is, which requests this one may repeat. No queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authreview.due import day, day_time, near_day
from cases.models import Case, Member, Practitioner, ServiceCode

from .worklist import case_url

UNKNOWN_CODE = "Not in our list: it can be routed, and no policy may name it."


@dataclass(frozen=True, slots=True)
class Found:
    """Something on file that can be chosen: `value` is sent by its button."""

    value: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Hint:
    """One sentence about a code that was typed; `known` where we have it."""

    text: str
    known: bool


@dataclass(frozen=True, slots=True)
class Repeated:
    """A request that this one may repeat."""

    reference: str
    url: str
    text: str


def member_choices(members: Iterable[Member]) -> list[Found]:
    return [Found(str(each.pk), each.name, f"{each.member_id}, born {day(each.birth_date)}, {each.plan.name}") for each in members]


def member_texts(member: Member) -> dict[str, str]:
    """A member on file as the form's fields hold it."""
    representative: Mapping[str, Any] = member.representative or {}
    texts = {
        "plan": member.plan.code,
        "member_id": member.member_id,
        "given_name": member.given_name,
        "family_name": member.family_name,
        "birth_date": member.birth_date.isoformat(),
        "language": member.language,
        "address": "\n".join(member.address),
        "joined_on": member.joined_on.isoformat() if member.joined_on else "",
        "left_on": member.left_on.isoformat() if member.left_on else "",
        "representative_name": str(representative.get("name", "")),
        "representative_relation": str(representative.get("relation", "")),
        "representative_address": "\n".join(representative.get("address", [])),
    }
    return texts | ({"large_print": "on"} if member.large_print else {})


def practitioner_texts(who: Practitioner, prefix: str) -> dict[str, str]:
    """A practitioner on file as the form's fields hold them."""
    texts = {"name": who.name, "phone": who.phone}
    if prefix == "requester":
        texts |= {"specialty": who.specialty, "fax": who.fax, "address": "\n".join(who.address)}
    return {f"{prefix}_{name}": text for name, text in texts.items()}


def member_note(member: Member | None) -> str:
    """Who is on file under the number typed, and when coverage was last looked at."""
    if member is None:
        return ""
    seen = "coverage not looked at yet"
    if member.eligibility_seen_at:
        who = member.eligibility_seen_by
        by = f" by {who.get_full_name() or who.username}" if who else ""
        seen = f"coverage last checked {day_time(member.eligibility_seen_at)}{by}"
    return f"On file: {member.name}, born {day(member.birth_date)}; {seen}."


def practitioner_note(who: Practitioner | None) -> str:
    if who is None:
        return ""
    return f"On file: {who.name}{f', {who.specialty}' if who.specialty else ''}."


def service_hint(code: str, row: ServiceCode | None) -> Hint | None:
    """What we know of a procedure code: its name and how it is counted."""
    if not code:
        return None
    if row is None:
        return Hint(UNKNOWN_CODE, known=False)
    said = [row.name]
    if row.max_units_per_day:
        said.append(f"at most {row.max_units_per_day} a day")
    if row.per_side:
        said.append("counted by side")
    if row.min_sites and row.max_sites:
        said.append(f"{row.min_sites} to {row.max_sites} sites")
    elif row.min_sites and row.min_sites > 1:
        said.append(f"{row.min_sites} or more sites")
    return Hint(f"{'; '.join(said)}.", known=True)


def repeated(cases: Sequence[Case], codes: Mapping[int, list[str]], now: datetime) -> list[Repeated]:
    return [
        Repeated(
            case.reference,
            case_url(case),
            f"{', '.join(codes.get(case.pk, []))}, received {near_day(case.received_at, now)}, {case.get_status_display().lower()}",
        )
        for case in cases
    ]
