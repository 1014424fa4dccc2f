"""Clinical facts: stated until a nurse confirms them, typed into a row, edited on the page; flags resolved."""

import json
from datetime import date

import pytest
from django.urls import reverse

from authreview.errors import Conflict, Denied, Incomplete
from cases.actions.facts import confirm_facts, edit_fact, remove_fact, resolve_flag, state_fact, typed_fact
from cases.intake_problems import CHECK_THE_YEAR, NOT_A_DIAGNOSIS_CODE
from cases.models import CaseEvent, Diagnosis, Examination, Finding, Onset, ServiceLine, Session, Treatment
from tests.factories import founding_case, mark, selection_of, user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]


def proposal(case, criterion, line=1):
    return ServiceLine.objects.get(case=case, number=line).proposals[criterion]


def value(case, criterion, line=1):
    found = Finding.objects.filter(line__case=case, line__number=line, criterion=criterion)
    return found.values_list("value", "origin").first()


def typed(case, criterion, text, line=1, **more):
    return typed_fact(reference=case.reference, line=line, criterion=criterion, text=text, by=user("nurse"), **more)


def events(case, kind):
    return CaseEvent.objects.filter(case=case, kind=kind).count()


# ---- stated and confirmed -------------------------------------------------------------------------------------------------------
def test_what_is_stated_waits_for_confirmation(case):
    assert proposal(case, "indication") == {
        "finding": "unclear",
        "arithmetic": "as stated, not confirmed: diagnosed as M79.18 and M54.2",
        "stated": "met",
    }
    assert confirm_facts(case_id=case.pk, by=user("nurse")) == 3
    assert proposal(case, "indication")["finding"] == "met"
    assert events(case, "facts_confirmed") == 1
    assert confirm_facts(case_id=case.pk, by=user("nurse")) == 0
    assert events(case, "facts_confirmed") == 1


def test_intake_states_and_does_not_confirm(case):
    onset = state_fact(case_id=case.pk, kind="onset", values={"value": "2025-08-10"}, by=user("intake"))
    assert not onset.confirmed
    assert (proposal(case, "duration")["finding"], proposal(case, "duration")["stated"]) == ("unclear", "met")
    with pytest.raises(Denied):
        confirm_facts(case_id=case.pk, by=user("intake"))
    confirm_facts(case_id=case.pk, by=user("nurse"), facts=[("onset", onset.pk)])
    assert proposal(case, "duration")["finding"] == "met"


def test_intake_changes_what_was_confirmed(case):
    """Then it is stated anew, and may not be taken away."""
    onset = state_fact(case_id=case.pk, kind="onset", values={"value": "2025-08-10"}, by=user("nurse"))
    with pytest.raises(Denied):
        remove_fact(case_id=case.pk, kind="onset", fact_id=onset.pk, by=user("intake"))
    edit_fact(case_id=case.pk, kind="onset", fact_id=onset.pk, values={"value": "2025-08-11"}, by=user("intake"))
    assert not Onset.objects.get().confirmed


def test_an_unchanged_fact_is_no_event(case):
    onset = state_fact(case_id=case.pk, kind="onset", values={"value": "2025-08"}, by=user("nurse"))
    edit_fact(case_id=case.pk, kind="onset", fact_id=onset.pk, values={"value": "2025-08"}, by=user("nurse"))
    assert events(case, "fact_edited") == 0


@pytest.mark.parametrize(
    ("kind", "values", "line"),
    [
        ("treatment", {"kind": "nsaid", "agent": "naproxen", "response": "failed"}, None),
        ("session", {"code": "20553"}, None),
        ("examination", {"site": "masseter", "side": "bilateral"}, 1),
        ("diagnosis", {"code": "G43.909", "text": "Migraine", "certainty": "possible"}, None),
        ("score", {"scale": "Pain 0 to 10", "value": "7"}, None),
    ],
)
def test_each_kind_comes_and_goes(case, kind, values, line):
    if kind == "session":
        values = values | {"date": case.received_at.date()}
    where = {"case_id": case.pk, "kind": kind, "by": user("nurse")}
    fact = state_fact(**where, values=values, line=line)
    again = state_fact(**where, values=values, line=line)
    assert (fact.pk, fact.confirmed) == (again.pk, True)
    remove_fact(**where, fact_id=fact.pk)
    assert not type(fact).objects.filter(pk=fact.pk).exists()
    with pytest.raises(Conflict):
        remove_fact(**where, fact_id=fact.pk)
    assert (events(case, "fact_stated"), events(case, "fact_removed")) == (1, 1)


def test_dates_out_of_order_are_refused(case):
    day = case.received_at.date()
    values = {"kind": "nsaid", "from_date": day, "to_date": day.replace(year=2020)}
    with pytest.raises(Incomplete, match="cannot end before it starts"):
        state_fact(case_id=case.pk, kind="treatment", values=values, by=user("nurse"))
    assert Treatment.objects.count() == 0


# ---- typed into the row ---------------------------------------------------------------------------------------------------------
SLIPS = [
    ("session", {"code": "20553", "date": "1926-03-01"}, CHECK_THE_YEAR),
    ("score", {"scale": "Pain 0 to 10", "value": "7", "date": "2062-03-01"}, CHECK_THE_YEAR),
    ("treatment", {"kind": "nsaid", "from_date": "0202-01-01", "to_date": "0202-02-01"}, CHECK_THE_YEAR),
    ("treatment", {"kind": "nsaid", "from_date": "0202-01-01"}, CHECK_THE_YEAR),
    ("treatment", {"kind": "nsaid", "from_date": "2052-01-01"}, CHECK_THE_YEAR),
    ("diagnosis", {"code": "M54.2'--", "text": "Cervicalgia", "certainty": "confirmed"}, NOT_A_DIAGNOSIS_CODE),
    ("diagnosis", {"code": "neck", "text": "Cervicalgia", "certainty": "confirmed"}, NOT_A_DIAGNOSIS_CODE),
]


@pytest.mark.parametrize(("kind", "sent", "said"), SLIPS)
def test_slips_of_the_pen_are_refused(client, case, nurse, kind, sent, said):
    """Beside the field on the page, and by the action whoever calls it."""
    before = CaseEvent.objects.count()
    response = client.post(reverse("fact-new", args=[case.reference, kind]), sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    values = {name: date.fromisoformat(text) if "date" in name else text for name, text in sent.items()}
    with pytest.raises(Incomplete, match=said):
        state_fact(case_id=case.pk, kind=kind, values=values, by=nurse)
    assert CaseEvent.objects.count() == before


def test_a_trial_may_have_begun_long_ago(case, nurse):
    values = {"kind": "nsaid", "agent": "naproxen", "from_date": date(2004, 5, 1), "to_date": date(2026, 2, 1), "response": "failed"}
    assert state_fact(case_id=case.pk, kind="treatment", values=values, by=nurse).from_date.year == 2004


def test_fact_arithmetic_and_finding_together(case):
    done = typed(case, "duration", "onset 8/10/25", selection=selection_of(case, "a couple months of muscle pain"))
    assert (done.understood, done.accepted) == ("began 10 Aug 2025", True)
    assert value(case, "duration") == ("met", "accepted")
    onset = Onset.objects.get()
    assert (onset.value, onset.confirmed_by, onset.page, onset.quote) == ("2025-08-10", user("nurse"), 1, "a couple months of muscle pain")
    assert Finding.objects.get(criterion="duration").evidence.get().quote == "a couple months of muscle pain"
    assert (events(case, "fact_stated"), events(case, "proposal_accepted")) == (1, 1)


def test_a_trial(case):
    typed(case, "medicine_trial", "naproxen 500 bid 9/1/25-10/20/25 failed")
    assert value(case, "medicine_trial") == ("met", "accepted")
    trial = Treatment.objects.get()
    assert (trial.kind, trial.response, trial.confirmed) == ("nsaid", "failed", True)


def test_a_trial_that_was_only_named_is_completed():
    case = founding_case("b")
    typed(case, "medicine_trial", "ibuprofen 600 9/1/25-10/20/25 failed")
    trial = Treatment.objects.get(kind="nsaid")
    assert (trial.agent, trial.confirmed) == ("ibuprofen 600", True)
    assert value(case, "medicine_trial") == ("met", "accepted")


def test_what_does_not_answer_is_kept_and_left_open(case):
    done = typed(case, "medicine_trial", "naproxen failed")
    assert not done.accepted
    assert Treatment.objects.count() == 1
    assert value(case, "medicine_trial") is None


def test_an_answer_by_hand_is_not_replaced(case):
    mark(case, 1, "duration", "not_met")
    assert not typed(case, "duration", "8/10/25").accepted
    assert value(case, "duration") == ("not_met", "override")


def test_an_examination_answers_for_its_line(case):
    typed(case, "palpation", "trigger points trapezius both sides")
    assert value(case, "palpation") is None  # the masseter is still missing
    typed(case, "palpation", "trigger points masseter both sides")
    assert value(case, "palpation") == ("met", "accepted")
    assert set(Examination.objects.values_list("site", "side")) == {("trapezius", "bilateral"), ("masseter", "bilateral")}


def test_an_earlier_session_is_the_members(case):
    typed(case, "first_set", "tpi 1/12/26")
    assert value(case, "first_set") == ("not_met", "accepted")
    assert Session.objects.get().member == case.member


def test_a_diagnosis_becomes_certain():
    case = founding_case("b")
    typed(case, "ahh_headache", "M54.81 confirmed", line=2)
    assert value(case, "ahh_headache", 2) == ("met", "accepted")
    assert Diagnosis.objects.get(case=case, code="M54.81").certainty == "confirmed"


@pytest.mark.parametrize("text", ["", "something", "8/40/25", "couple of months"])
def test_what_is_not_understood_says_how(client, case, nurse, text):
    url = reverse("finding-fact", args=[case.reference, 1, "duration"])
    response = client.post(url, {"typed": text}, HTTP_HX_REQUEST="true")
    assert response.status_code == 422
    assert "Type it like this" in response.content.decode()
    assert (Onset.objects.count(), value(case, "duration")) == (0, None)


def test_typed_without_htmx(client, case, nurse):
    url = reverse("finding-fact", args=[case.reference, 1, "duration"])
    response = client.post(url, {"typed": "8/10/25"})
    assert response["Location"].endswith("#finding-duration")
    assert value(case, "duration") == ("met", "accepted")


@pytest.mark.parametrize(
    ("kind", "values", "says"),
    [
        ("onset", {"value": "2025-08-10"}, "began 10 Aug 2025"),
        ("onset", {"value": "2025-08"}, "began Aug 2025"),
        (
            "treatment",
            {"kind": "nsaid", "agent": "naproxen", "from_date": date(2025, 9, 1), "to_date": date(2025, 10, 20), "response": "failed"},
            "naproxen, 1 Sep 2025 to 20 Oct 2025, did not help",
        ),
        ("session", {"code": "64405", "date": date(2025, 9, 1)}, "64405 on 1 Sep 2025"),
    ],
)
def test_the_history_says_a_fact_as_the_page_does(case, kind, values, says):
    state_fact(case_id=case.pk, kind=kind, values=values, by=user("nurse"))
    assert json.loads(case.events.filter(kind="fact_stated").last().payload)["says"] == says


# ---- the page -------------------------------------------------------------------------------------------------------------------
def test_facts_on_the_page(client, case, nurse):
    new = reverse("fact-new", args=[case.reference, "treatment"])
    assert client.get(new).status_code == 200
    wrong = client.post(new, {"kind": "nsaid", "from_date": "2026-02-02", "to_date": "2026-01-01"})
    assert wrong.status_code == 422
    assert "A trial cannot end before it starts." in wrong.content.decode()
    good = {"kind": "nsaid", "agent": "naproxen", "from_date": "2025-09-01", "to_date": "2025-10-20", "response": "failed"}
    client.post(new, good)
    trial = Treatment.objects.get()
    one = reverse("fact", args=[case.reference, "treatment", trial.pk])
    assert 'value="naproxen"' in client.get(one).content.decode()
    client.post(one, good | {"agent": "naproxen 500 mg"})
    assert Treatment.objects.get().agent == "naproxen 500 mg"
    response = client.post(one, {"do": "remove"})
    assert response["Location"] == reverse("case", args=[case.reference]) + "#facts"
    assert Treatment.objects.count() == 0


def test_confirming_on_the_page(client, case, nurse):
    row = case.diagnoses.first()
    client.post(reverse("fact", args=[case.reference, "diagnosis", row.pk]), {"do": "confirm"})
    assert case.diagnoses.get(pk=row.pk).confirmed_by == nurse
    client.post(reverse("facts-confirm", args=[case.reference]))
    assert case.diagnoses.filter(confirmed_at=None).count() == 0


def test_facts_of_another_case_are_not_there(client, case, nurse):
    other = founding_case("b").diagnoses.first()
    assert client.get(reverse("fact", args=[case.reference, "diagnosis", other.pk])).status_code == 404
    assert client.get(reverse("fact-new", args=[case.reference, "rumour"])).status_code == 404


@pytest.mark.parametrize("role", ["auditor", "letters", "supervisor"])
def test_needs_role(client, case, role):
    client.force_login(user(role))
    assert client.post(reverse("fact-new", args=[case.reference, "onset"]), {"value": "8/10/25"}).status_code == 403
    assert client.post(reverse("facts-confirm", args=[case.reference])).status_code == 403
    assert Onset.objects.count() == 0


# ---- flags ----------------------------------------------------------------------------------------------------------------------
def test_a_flag_is_resolved_with_a_reason_from_its_list(client, case, nurse):
    url = reverse("flag", args=[case.reference, 2, "side"])
    assert client.post(url, {"reason": "no idea"}, HTTP_HX_REQUEST="true").status_code == 422
    response = client.post(url, {"reason": "practice_said", "note": "both"}, HTTP_HX_REQUEST="true")
    assert "Resolved: The practice told us." in response.content.decode()
    line = ServiceLine.objects.get(case=case, number=2)
    assert (line.open_flags, line.resolutions.get().note) == (0, "both")
    client.post(url, {"reason": "practice_said"})
    assert events(case, "flag_resolved") == 1
    assert client.post(reverse("flag", args=[case.reference, 2, "units"]), {"reason": "x"}).status_code == 409


def test_flags_need_a_reviewer(case):
    with pytest.raises(Denied):
        resolve_flag(case_id=case.pk, line=2, flag="side", reason="practice_said", by=user("intake"))
