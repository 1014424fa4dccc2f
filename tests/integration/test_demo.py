"""The demo: refused where it could do harm, loaded once, and something true to show on every screen."""

import re
from io import StringIO

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from authreview.models import Licence, User
from authreview.roles import Role
from cases.demo.calendar import Calendar, Pace
from cases.demo.people import ACCOUNTS, PLANS, PRACTICES
from cases.demo.plots import PLOTS
from cases.enums import CaseStatus, LineStatus, Outcome, Queue
from cases.management.commands.demo import OTHER_DATA, REFUSED
from cases.models import Case, ClockEntry, Determination, Evidence, InformationRequest, Letter, Plan, ServiceLine, Session, WorkItem
from cases.npi import npi_problem
from cases.presenters.history_words import TOLD
from tests.conftest import TODAY


def run():
    out = StringIO()
    with override_settings(DEBUG=True):
        call_command("demo", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """Loaded once for all tests here, and rolled back after them."""
    with django_db_blocker.unblock(), time_machine.travel(TODAY, tick=True), transaction.atomic():
        yield run()
        transaction.set_rollback(True)


def rows():
    models = [model for app in ("authreview", "criteria", "cases", "auth") for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: model.objects.count() for model in models}


def signed_in(username):
    client = Client()
    client.force_login(User.objects.get(username=username), backend="authreview.backends.RoleBackend")
    return client


def sample():
    """One case for each combination of states that the demo holds."""
    found = {}
    for case in Case.objects.prefetch_related("lines").order_by("id"):
        found.setdefault((case.status, *sorted({line.status for line in case.lines.all()})), case)
    return list(found.values())


# ---- when it loads --------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_refuses_where_debug_is_off():
    with pytest.raises(CommandError, match=re.escape(REFUSED)):
        call_command("demo")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_refuses_beside_other_data():
    User.objects.create_user("somebody")
    with pytest.raises(CommandError, match=re.escape(OTHER_DATA)):
        run()
    assert not Plan.objects.exists()


def test_says_what_it_does_and_who_signs_in(demo):
    assert "Everything is invented." in demo
    assert all(re.search(rf"^  {account.username} ", demo, re.MULTILINE) for account in ACCOUNTS)
    assert "for the demo only" in demo
    first = Case.objects.get(member__member_id="SHP-000101")
    assert re.search(rf"nurse +UM nurse +{first.reference}  case A as received", demo)


def test_second_run_changes_nothing(demo):
    before = rows()
    assert "loaded already" in run()
    assert rows() == before


# ---- what it holds --------------------------------------------------------------------------------------------------------------
def test_an_account_for_every_role(demo):
    held = {role for account in ACCOUNTS for role in User.objects.get(username=account.username).roles}
    assert held == set(Role)
    assert Client().login(username="nurse", password="demo")


def test_one_licence_has_expired(demo):
    expired = Licence.objects.filter(expires_on__lt=TODAY.date())
    assert [(row.user.username, row.state) for row in expired] == [("medical_director2", "MI")]
    waiting = WorkItem.objects.filter(queue=Queue.DIRECTOR, state="MI")
    assert waiting.exists()


def test_numbers_pass_their_check_digits():
    numbers = [account.npi for account in ACCOUNTS if account.npi] + [practice.npi for practice in PRACTICES]
    assert [npi_problem(npi) for npi in numbers] == [""] * len(numbers)


def test_every_queue_has_work_and_every_state_its_case(demo):
    assert set(WorkItem.objects.values_list("queue", flat=True)) == set(Queue)
    assert set(Case.objects.values_list("status", flat=True)) == set(CaseStatus)
    assert set(ServiceLine.objects.values_list("status", flat=True)) == set(LineStatus)
    assert set(Determination.objects.values_list("outcome", flat=True)) == set(Outcome)
    assert {plan.code for plan in PLANS} == set(Case.objects.exclude(plan=None).values_list("plan__code", flat=True))
    assert Case.objects.count() >= len(PLOTS) + 10
    assert WorkItem.objects.filter(due_at__lt=TODAY).exists()
    assert WorkItem.objects.filter(assignee=None).exists()
    assert Session.objects.exists()


def test_a_denial_for_want_of_information_says_what_was_asked(demo):
    for denial in Determination.objects.filter(basis="no_information"):
        asked = InformationRequest.objects.filter(items__line=denial.line, sent_at__isnull=False).distinct().get()
        assert asked.answer_by < denial.signed_at
        assert "It did not come." in denial.member_reason["en"]
    assert Determination.objects.filter(basis="no_information").exists()


def test_letters_went_out_for_what_is_closed(demo):
    told = Case.objects.filter(lines__status=LineStatus.NOTIFIED).distinct()
    assert told.exists()
    for case in told:
        sent = Letter.objects.filter(case=case, status="issued", determinations__isnull=False, deliveries__isnull=False)
        assert set(sent.values_list("recipient", flat=True)) == {"member", "practitioner"}
    assert Letter.objects.filter(language="es", status="issued").exists()


def test_quotes_stand_in_the_record(demo):
    said = Evidence.objects.select_related("document").prefetch_related("document__pages")
    for evidence in said:
        page = next(page for page in evidence.document.pages.all() if page.number == evidence.page)
        assert evidence.quote in " ".join(page.text.split())
    assert len(said) > 200


def test_history_is_told_in_order_and_before_today(demo):
    for case in Case.objects.prefetch_related("events"):
        times = [event.at for event in case.events.all()]
        assert times == sorted(times), case.reference
        assert times[-1].astimezone(TODAY.tzinfo).date() < TODAY.date(), case.reference
        assert {event.kind for event in case.events.all()} <= TOLD.keys()  # each in a sentence of its own
    assert not ClockEntry.objects.filter(at__gt=TODAY).exists()
    assert not Determination.objects.filter(signed_at__gt=TODAY).exists()
    assert not Letter.objects.filter(issued_at__gt=TODAY).exists()


def test_chain_and_queues_hold(demo):
    call_command("verify_chain", stdout=StringIO())
    call_command("verify_work", stdout=StringIO())


# ---- every screen ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("username", "address"),
    [
        *((name, "/") for name in ("intake", "nurse", "medical_director", "supervisor", "letters", "auditor")),
        ("nurse", "/cases/"),
        ("intake", "/cases/new/"),
        ("nurse", "/policies/"),
        ("letters", "/letters/print"),
        *((name, "/admin/") for name in ("admin", "policy_editor", "policy_approver", "auditor")),
    ],
)
def test_lists_open(demo, username, address):
    assert signed_in(username).get(address).status_code == 200


def test_cases_open_for_who_works_on_them(demo):
    nurse, intake = signed_in("nurse"), signed_in("intake")
    answers = {}
    for case in sample():
        if case.status == CaseStatus.INTAKE:
            answers[f"intake {case.reference}"] = intake.get(reverse("intake", args=[case.reference])).status_code
            continue
        if case.status == CaseStatus.DUPLICATE:
            continue
        pages = [reverse(name, args=[case.reference]) for name in ("case", "documents", "letters", "summary")]
        pages += [reverse("case-line", args=[case.reference, line.number]) for line in case.lines.all()]
        pages += [reverse("document", args=[case.reference, document.pk]) for document in case.documents.all()]
        answers |= {page: nurse.get(page, follow=True).status_code for page in pages}
    assert {page: status for page, status in answers.items() if status != 200} == {}
    assert len(answers) > 40


def test_directors_pages_open(demo):
    director = signed_in("medical_director")
    waiting = ServiceLine.objects.filter(queue=Queue.DIRECTOR).select_related("case")
    pages = [reverse("sign-off-line", args=[line.case.reference, line.number]) for line in waiting]
    assert {page: director.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_issued_letters_are_there_to_read(demo):
    desk = signed_in("letters")
    for letter in Letter.objects.filter(status="issued")[:4]:
        answer = desk.get(reverse("letter-pdf", args=[letter.case.reference, letter.pk]))
        assert (answer.status_code, b"".join(answer).startswith(b"%PDF")) == (200, True)


# ---- days -----------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ahead", range(7))
def test_days_lie_before_today(ahead):
    today = TODAY.date().replace(day=9 + ahead)
    calendar = Calendar(today)
    for at in (calendar.monday(0, "16:30"), calendar.ago(1, "09:00"), calendar.end):
        assert (at.date() < today, at.weekday() < 5) == (True, True)
    assert (calendar.monday(0, "16:30").weekday(), (today - calendar.monday(0, "16:30").date()).days <= 7) == (0, True)


def test_steps_go_forward_on_working_days():
    pace = Pace(Calendar(TODAY.date()).ago(4, "15:00"), Calendar(TODAY.date()).end)  # a Friday
    steps = [pace.now, pace.on(1, "09:00"), pace.after(20), pace.on(9, "10:00"), pace.after(30)]
    assert [f"{at:%a %H:%M}" for at in steps] == ["Fri 15:00", "Mon 09:00", "Mon 09:20", "Mon 17:30", "Mon 17:31"]
