"""Requests for tests of intake and the worklist: a small complete one, as data and as the form sends it."""

from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction

from cases.actions.history import locked_case
from cases.actions.intake import take_in
from cases.actions.settle import move, settle
from cases.enums import LineStatus
from cases.intake_data import DiagnosisData, IntakeData, LineData, MemberData, PractitionerData, SiteData
from cases.management.commands.load_codes import load_services, load_turnaround
from tests.conftest import TODAY
from tests.factories import plans, user

REQUEST = IntakeData(
    plan="base",
    member=MemberData(member_id="SHP-000101", given_name="Avery", family_name="Sample", birth_date=date(1980, 5, 1)),
    requester=PractitionerData(npi="1234567893", name="Jordan Example", specialty="Neurology", phone="555-0110"),
    diagnoses=(DiagnosisData(code="M79.18", text="Myofascial pain syndrome"),),
    lines=(LineData(code="20553", sites=(SiteData("trapezius", "left"),), first_service=date(2026, 3, 16)),),
)

FORM = {
    "plan": "base",
    "member_id": "SHP-000101",
    "given_name": "Avery",
    "family_name": "Sample",
    "birth_date": "1980-05-01",
    "language": "en",
    "requester_npi": "1234567893",
    "requester_name": "Jordan Example",
    "review_type": "preservice",
    "urgency": "standard",
    "channel": "fax",
    "draft_key": "one page",
    "diagnoses-TOTAL_FORMS": "1",
    "diagnoses-INITIAL_FORMS": "0",
    "diagnoses-0-code": "M79.18",
    "diagnoses-0-text": "Myofascial pain syndrome",
    "diagnoses-0-certainty": "confirmed",
    "lines-TOTAL_FORMS": "1",
    "lines-INITIAL_FORMS": "0",
    "lines-0-code": "20553",
    "lines-0-units": "1",
    "lines-0-first_service": "2026-03-16",
    "lines-0-site_count": "1",
    "lines-0-site_0": "trapezius",
    "lines-0-side_0": "left",
    "treatments-TOTAL_FORMS": "0",
    "treatments-INITIAL_FORMS": "0",
}


def ready():
    """Plans, procedure codes and turnaround rules; no policies."""
    plans()
    load_services()
    load_turnaround()


def routed(number=101, *, at=TODAY, **more):
    """A routed request of a member of its own."""
    ready()
    data = replace(REQUEST, **({"member": replace(REQUEST.member, member_id=f"SHP-{number:06}")} | more))
    return take_in(data=data, by=user("intake"), at=at)


def with_director(case):
    """As if every line had been referred; the referral itself is tested where it lives."""
    return moved(case, LineStatus.PHYSICIAN_REVIEW)


def moved(case, to, *numbers):
    """These lines walk one edge, all of them where none is named."""
    with transaction.atomic():
        locked = locked_case(case.pk)
        for line in locked.lines.order_by("number"):
            if line.number in (numbers or (line.number,)):
                move(locked, line, LineStatus(to), by=user("nurse"))
        return settle(locked)


def days(count):
    return timedelta(days=count)
