"""The rows of a routed request: people found or new, lines with their sites, and clinical facts as stated. Called by route_case alone."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authreview.canonical import canonical
from authreview.errors import Incomplete, Problem
from authreview.models import User
from cases.intake_data import IntakeData, LineData, MemberData, PractitionerData
from cases.models import Case, Diagnosis, Member, Onset, Plan, Practitioner, ServiceLine, Site, Treatment


def found_member(plan: Plan, data: MemberData, *, by: User, at: datetime, changed: dict[str, Any]) -> Member:
    """The plan's member of this number, new or brought up to date. Raises Incomplete where the birth date is another one."""
    always: dict[str, Any] = {
        "given_name": data.given_name.strip(),
        "family_name": data.family_name.strip(),
        "language": data.language,
        "large_print": data.large_print,
    }
    where_told: dict[str, Any] = {
        "address": list(data.address),
        "representative": dict(data.representative) if data.representative else None,
        "joined_on": data.joined_on,
        "left_on": data.left_on,
    }
    defaults = {**always, **where_told, "birth_date": data.birth_date}
    member, is_new = Member.objects.select_for_update().get_or_create(plan=plan, member_id=data.member_id.strip(), defaults=defaults)
    if member.birth_date != data.birth_date:
        sentence = f"{plan.name} has {member.member_id} for somebody born on another day. Check the number and the birth date."
        raise Incomplete("The member could not be matched.", [Problem("Birth date", message=sentence)])
    told = {name: value for name, value in where_told.items() if value}
    _bring_up_to_date(member, {} if is_new else {**always, **told}, f"member {member.member_id}", changed)
    if data.eligibility_seen:
        member.eligibility_seen_at, member.eligibility_seen_by = at, by
        member.save(update_fields=["eligibility_seen_at", "eligibility_seen_by"])
    return member


def found_practitioner(data: PractitionerData, *, facility: bool, changed: dict[str, Any]) -> Practitioner:
    """The practitioner or facility of this NPI, new or brought up to date."""
    told: dict[str, Any] = {
        "name": data.name.strip(),
        "specialty": data.specialty,
        "phone": data.phone,
        "fax": data.fax,
        "address": list(data.address),
    }
    row, is_new = Practitioner.objects.select_for_update().get_or_create(npi=data.npi, defaults={**told, "facility": facility})
    _bring_up_to_date(row, {} if is_new else {name: value for name, value in told.items() if value}, f"NPI {row.npi}", changed)
    return row


def write_lines(case: Case, data: IntakeData, *, by: User, at: datetime) -> list[ServiceLine]:
    """Lines, their sites and the diagnoses they are for. Each keeps itself as received."""
    diagnoses = {row.code: row for row in _diagnoses(case, data, by=by, at=at)}
    lines = []
    for number, asked in enumerate(data.lines, start=1):
        line = ServiceLine.objects.create(
            case=case,
            number=number,
            code=asked.code,
            modifiers=asked.modifiers,
            units=asked.units,
            place=asked.place,
            first_service=asked.first_service,
            last_service=asked.last_service,
            as_received=canonical(as_received(asked, number)),
        )
        Site.objects.bulk_create(Site(line=line, name=site.name, side=site.side) for site in asked.sites)
        lines.append(line)
    _write_what_for(lines, data, diagnoses)
    return lines


def _write_what_for(lines: list[ServiceLine], data: IntakeData, diagnoses: Mapping[str, Diagnosis]) -> None:
    """The diagnoses each line is for, of all lines at once."""
    pair = ServiceLine.diagnoses.through
    pair.objects.bulk_create(
        pair(serviceline=line, diagnosis=diagnoses[code])
        for line, asked in zip(lines, data.lines, strict=True)
        for code in dict.fromkeys(asked.diagnoses or diagnoses)
    )


def as_received(asked: LineData, number: int) -> dict[str, Any]:
    """A line of a request as data: the shape of `ServiceLine.as_received`."""
    return {
        "number": number,
        "code": asked.code,
        "modifiers": asked.modifiers,
        "units": asked.units,
        "place": asked.place,
        "first_service": asked.first_service,
        "last_service": asked.last_service,
        "sites": [{"name": site.name, "side": site.side} for site in asked.sites],
        "diagnoses": list(asked.diagnoses),
        "onset": asked.onset,
    }


def lines_as_received(lines: list[ServiceLine]) -> list[Any]:
    return [json.loads(line.as_received) for line in lines]


def write_stated_facts(case: Case, data: IntakeData, lines: list[ServiceLine], *, by: User, at: datetime) -> None:
    """Onsets and treatments as typed from the form: stated, until a nurse confirms them against the record."""
    onsets = [Onset(case=case, value=data.onset, stated_by=by, stated_at=at)] if data.onset else []
    onsets += [
        Onset(case=case, line=line, value=asked.onset, stated_by=by, stated_at=at)
        for line, asked in zip(lines, data.lines, strict=True)
        if asked.onset and asked.onset != data.onset
    ]
    Onset.objects.bulk_create(onsets)
    Treatment.objects.bulk_create(
        Treatment(
            case=case,
            kind=trial.kind,
            agent=trial.agent,
            from_date=trial.from_date,
            to_date=trial.to_date,
            sessions=trial.sessions,
            response=trial.response,
            stated_by=by,
            stated_at=at,
        )
        for trial in data.treatments
    )


def _diagnoses(case: Case, data: IntakeData, *, by: User, at: datetime) -> list[Diagnosis]:
    return [
        Diagnosis.objects.create(case=case, code=row.code, text=row.text, certainty=row.certainty, stated_by=by, stated_at=at)
        for row in data.diagnoses
    ]


def _bring_up_to_date(row: Member | Practitioner, values: Mapping[str, Any], label: str, changed: dict[str, Any]) -> None:
    """Write what differs, and note it for the history."""
    differs = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not differs:
        return
    changed[label] = {name: [getattr(row, name), value] for name, value in differs.items()}
    for name, value in differs.items():
        setattr(row, name, value)
    row.save(update_fields=list(differs))
