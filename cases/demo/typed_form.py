"""A request as the intake form holds it while it is typed: the drafts of the demo. Pure."""

from collections.abc import Collection

from cases.intake_data import IntakeData


def typed(data: IntakeData, *, key: str, without: Collection[str] = ()) -> dict[str, list[str]]:
    """Names of the form and what was typed, each as the list that a browser sends. `without`: fields nobody has reached yet."""
    member, asks = data.member, data.requester
    form = {
        "draft_key": key,
        "plan": data.plan,
        "member_id": member.member_id,
        "given_name": member.given_name,
        "family_name": member.family_name,
        "birth_date": member.birth_date.isoformat(),
        "language": member.language,
        "address": "\n".join(member.address),
        "joined_on": member.joined_on.isoformat() if member.joined_on else "",
        "requester_npi": asks.npi,
        "requester_name": asks.name,
        "requester_specialty": asks.specialty,
        "requester_phone": asks.phone,
        "requester_fax": asks.fax,
        "requester_address": "\n".join(asks.address),
        "review_type": str(data.review_type),
        "urgency": str(data.urgency),
        "channel": str(data.channel),
        "state": data.state,
        "onset": data.onset,
    }
    form |= _diagnoses(data) | _lines(data) | {"treatments-TOTAL_FORMS": "1", "treatments-INITIAL_FORMS": "0"}
    return {name: [text] for name, text in form.items() if name not in without}


def _diagnoses(data: IntakeData) -> dict[str, str]:
    form = {"diagnoses-TOTAL_FORMS": str(len(data.diagnoses)), "diagnoses-INITIAL_FORMS": "0"}
    for number, row in enumerate(data.diagnoses):
        form |= {f"diagnoses-{number}-{name}": str(getattr(row, name)) for name in ("code", "text", "certainty")}
    return form


def _lines(data: IntakeData) -> dict[str, str]:
    form = {"lines-TOTAL_FORMS": str(len(data.lines)), "lines-INITIAL_FORMS": "0"}
    for number, row in enumerate(data.lines):
        first = row.first_service.isoformat() if row.first_service else ""
        values = {"code": row.code, "units": str(row.units), "place": row.place, "first_service": first, "site_count": str(len(row.sites))}
        for place, site in enumerate(row.sites):
            values |= {f"site_{place}": site.name, f"side_{place}": site.side}
        form |= {f"lines-{number}-{name}": text for name, text in values.items()}
    return form
