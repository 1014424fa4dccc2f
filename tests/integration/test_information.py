"""Asking for what is missing, and what arrives: items from the tree, lines that wait, criteria that open again, items that close."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from authreview.errors import Conflict, Denied, Incomplete
from authreview.roles import Role
from cases.actions.assignment import assign
from cases.actions.clock import keep_clock
from cases.actions.determination import refer_lines, return_line
from cases.actions.facts import resolve_flag
from cases.actions.information import Answer, close_moot_items, draft_request, receive_items, send_request
from cases.actions.line import withdraw_line
from cases.actions.review import record_finding
from cases.models import Case, RequestItem
from cases.queries.asking import ItemDraft, Target, answer_until, asked_items, wanted_items
from cases.queries.lines import line_review
from cases.queries.recorded import case_record, open_items
from cases.turnaround import SEED_RULES
from tests.conftest import NEW_YORK
from tests.factories import attach, demo_of, founding_case, mark, reviewed, user

pytestmark = pytest.mark.django_db


def wanted(case):
    case = Case.objects.get(pk=case.pk)
    return wanted_items([line_review(line) for line in case_record(case).lines], open_items(case))


def ask(case, *, by=None, items=None):
    items = [item.draft for item in wanted(case) if item.ticked] if items is None else items
    return send_request(case_id=case.pk, items=items, answer_by=timezone.now() + timedelta(days=5), by=by or user("nurse"))


def statuses(case):
    return list(case.lines.order_by("number").values_list("status", flat=True))


def answered(case, *rows, status="received", **more):
    letter = demo_of(case).answers.document
    document = case.documents.filter(title=letter.title).first() or attach(case, letter, by=user("intake"))
    return receive_items(case_id=case.pk, answers=[Answer(row.pk, status, document.pk, 1) for row in rows], by=user("nurse"), **more)


def test_case_a_asks_for_five_things_on_its_first_line(frozen):
    case = reviewed(founding_case("a"))
    items = [item for item in wanted(case) if item.ticked]
    assert [(item.lines, [target.criteria for target in item.targets]) for item in items] == [
        ((1,), [("duration",)]),
        ((1,), [("medicine_trial",)]),
        ((1,), [("physical_trial",)]),
        ((1,), [("palpation",)]),
        ((1,), [("reason_for_both",)]),
    ]
    assert [item for item in wanted(case) if not item.ticked] == []  # the block lines are decided by their exclusion


def test_case_b_asks_for_the_shortest_path_and_its_flags(frozen):
    case = reviewed(founding_case("b"))
    items = wanted(case)
    ticked = [item for item in items if item.ticked]
    assert [(item.lines, item.targets[0].criteria or item.targets[0].flag) for item in ticked] == [
        ((1,), ("duration",)),
        ((1,), ("medicine_trial",)),
        ((1,), ("physical_trial",)),
        ((1,), ("program",)),
        ((1,), ("reason_for_both",)),
        ((1,), "units"),
        ((2,), ("gon_neuralgia", "gon_neck_pain", "gon_migraine", "ahh_headache")),
        ((2,), "side"),
    ]
    assert all(set(item.wording) == {"en", "es"} for item in items)


def test_alternatives_stay_alternatives(frozen):
    case = reviewed(founding_case("a"))
    mark(case, 3, "gon_neuralgia", "not_met")
    mark(case, 3, "gon_neck_pain", "not_met")
    item = next(item for item in wanted(case) if item.lines == (3,))
    assert item.targets == (Target(3, ("gon_acute", "gon_program")),)
    assert item.wording["en"] == (
        "One of these: if the pain is new: when and how it began, and what the injection is meant to achieve; "
        "or if the pain has lasted: what other treatment for it is under way, and since when"
    )
    assert item.wording["es"].startswith("Una de estas cosas: si el dolor es nuevo")


def test_identical_wording_is_one_item_over_lines(frozen):
    case = reviewed(founding_case("a"), lines=[2, 4])
    for line, criterion in ((2, "face_forehead_headache"), (4, "other_lesser_occipital_neuralgia")):
        mark(case, line, criterion, "unclear")
    item = next(item for item in wanted(case) if item.lines == (2, 4))
    assert item.ticked
    request = ask(case, items=[item.draft])
    assert [(row.line.number, row.position) for row in request.items.all()] == [(2, 1), (4, 2)]
    assert [(each.number, each.lines, len(each.rows)) for each in asked_items(request)] == [(1, (2, 4), 2)]


def test_what_nobody_marked_is_offered_and_not_ticked(frozen):
    case = founding_case("a")
    assert [item.ticked for item in wanted(case) if item.targets[0].criteria] == [False] * len(
        [item for item in wanted(case) if item.targets[0].criteria]
    )


def test_lines_that_nobody_has_reviewed_are_not_asked_about_at_first(frozen):
    """Case A with its exception has flags on its blocks: a request after line 1 lets the others go on."""
    case = reviewed(founding_case("a", plan="ahh"), lines=[1])
    items = wanted(case)
    assert {line for item in items if item.ticked for line in item.lines} == {1}
    flags = [item for item in items if item.targets[0].flag]
    assert {(item.unbegun, item.ticked) for item in flags} == {(True, False)}
    ask(case)
    assert statuses(case) == ["awaiting_information", "nurse_review", "nurse_review", "nurse_review"]
    mark(case, 3, "gon_neuralgia", "unclear")
    assert {line for item in wanted(case) if item.ticked for line in item.lines} == {3}


def test_a_line_not_reviewed_is_not_taken_along_by_the_same_words(frozen):
    case = founding_case("a")
    mark(case, 2, "face_forehead_headache", "unclear")
    (ticked,) = [item for item in wanted(case) if item.ticked and item.targets[0].criteria]
    same = [item for item in wanted(case) if item.wording == ticked.wording]
    assert [(item.lines, item.ticked, item.unbegun) for item in same] == [((2,), True, False), ((4,), False, True)]


def test_a_director_asks_about_the_line_in_hand(frozen):
    case = reviewed(founding_case("b"))
    reviews = [line_review(line) for line in case_record(Case.objects.get(pk=case.pk)).lines]
    items = wanted_items(reviews, about=2)
    assert {item.lines for item in items if item.ticked} == {(2,)}
    assert {item.ticked for item in items if item.lines == (1,)} == {False}


def test_sending_makes_the_lines_wait_and_stops_their_clock_alone(frozen):
    case = reviewed(founding_case("a"))
    request = ask(case)
    assert statuses(case) == ["awaiting_information", "nurse_review", "nurse_review", "nurse_review"]
    assert [line.clock_stopped for line in case.lines.order_by("number")] == [True, False, False, False]
    assert sorted(case.work.values_list("queue", flat=True)) == ["information", "nurse"]
    assert (request.sent_by, request.items.count()) == (user("nurse"), 5)
    assert case.events.filter(kind="information_requested").count() == 1


def test_what_was_asked_is_offered_no_second_time(frozen):
    case = reviewed(founding_case("a"))
    ask(case)
    assert [(item.ticked, item.asked_at is not None) for item in wanted(case)] == [(False, True)] * 5


def test_a_draft_is_kept_and_replaced_and_sent(frozen):
    case = reviewed(founding_case("a"))
    items = [item.draft for item in wanted(case)]
    first = draft_request(case_id=case.pk, items=items, by=user("nurse"))
    again = draft_request(case_id=case.pk, items=items[:2], by=user("nurse"))
    assert (again.pk, again.items.count(), statuses(case)[0]) == (first.pk, 2, "nurse_review")
    assert ask(case, items=items[1:3]).pk == first.pk
    assert list(first.items.values_list("criteria", flat=True)) == [["medicine_trial"], ["physical_trial"]]


@pytest.mark.parametrize(
    ("items", "days", "sentence"),
    [
        ([], 5, "Tick at least one thing to ask for."),
        ([ItemDraft({"en": " "}, (Target(1),))], 5, "Every item needs its wording in English."),
        ([ItemDraft({"en": "A note"}, (Target(1),))], -1, "The last day for the answer is still to come."),
    ],
)
def test_bad_requests_write_nothing(frozen, items, days, sentence):
    case = founding_case("a")
    with pytest.raises(Incomplete) as refused:
        send_request(case_id=case.pk, items=items, answer_by=timezone.now() + timedelta(days=days), by=user("nurse"))
    assert refused.value.sentence == sentence
    assert (RequestItem.objects.count(), statuses(case)) == (0, ["nurse_review"] * 4)


def test_a_line_that_is_not_there_is_a_conflict(frozen):
    case = founding_case("a")
    with pytest.raises(Conflict):
        ask(case, items=[ItemDraft({"en": "A note"}, (Target(9),))])


def test_intake_may_not_ask(frozen):
    case = reviewed(founding_case("a"))
    with pytest.raises(Denied):
        ask(case, by=user("intake"))


def test_only_what_was_answered_opens_again(frozen):
    case = reviewed(founding_case("a"))
    request = ask(case)
    answered(case, request.items.get(criteria=["duration"]))
    line = case.lines.get(number=1)
    findings = {row.criterion: (row.value, row.stale) for row in line.findings.all()}
    assert findings.pop("duration") == (None, "answers arrived 10 Mar 2026")
    assert [stale for _, stale in findings.values()] == [""] * len(findings)
    assert line.findings.get(criterion="duration").evidence.count() == 1  # the old quote stays beside it
    assert line.status == "awaiting_information"
    event = case.events.get(kind="items_received")
    assert '"reopened":{"duration":"unclear"}' in event.payload


def test_the_line_goes_back_when_all_is_answered(frozen):
    case = reviewed(founding_case("a"))
    request = ask(case)
    frozen.shift(timedelta(days=2))
    answered(case, *request.items.all())
    line, request = case.lines.get(number=1), case.requests.get()
    assert (line.status, line.clock_stopped, request.closed_why) == (
        "nurse_review",
        False,
        "Every item has been answered or is no longer needed.",
    )
    assert list(case.clock_entries.values_list("kind", "line__number")) == [("received", None), ("tolled", 1), ("resumed", 1)]


def test_a_stop_that_no_answer_ends_ends_by_itself(client, frozen):
    """Nothing came: the line is due as it was counted from the start, in its place, and no page calls its clock stopped any more."""
    case = reviewed(founding_case("a"))
    ask(case)
    before = {line.number: line.decide_by for line in case.lines.all()}
    pages = [reverse("worklist") + "?tab=information", reverse("case", args=[case.reference])]

    def said():
        client.force_login(user("nurse"), backend="authreview.backends.RoleBackend")
        return [client.get(page).content.decode().count("clock stopped") for page in pages]

    assert [line.clock_stopped for line in case_record(case).lines] == [True, False, False, False]
    assert said()[0] == 1
    frozen.shift(timedelta(days=6))  # past the last day for the answer
    assert [line.clock_stopped for line in case_record(case).lines] == [False] * 4
    assert said() == [0, 0]
    assert case.work.get(queue="information").due_at == before[1]
    with transaction.atomic():
        keep_clock(Case.objects.select_for_update().get(pk=case.pk))
    assert {line.number: line.decide_by for line in case.lines.all()} == before


def test_a_line_can_be_taken_back_at_once(frozen):
    case = reviewed(founding_case("a"))
    ask(case)
    receive_items(case_id=case.pk, answers=[], take_back=[1], by=user("nurse"))
    assert statuses(case)[0] == "nurse_review"
    assert RequestItem.objects.filter(status="open").count() == 5


def test_partly_received_still_waits(frozen):
    case = reviewed(founding_case("a"))
    request = ask(case)
    answered(case, *request.items.all(), status="partly")
    assert statuses(case)[0] == "awaiting_information"


def test_a_received_item_names_its_document(frozen):
    case = reviewed(founding_case("a"))
    row = ask(case).items.first()
    with pytest.raises(Incomplete) as refused:
        receive_items(case_id=case.pk, answers=[Answer(row.pk, "received")], by=user("nurse"))
    assert refused.value.sentence == "Name the document that answers each item."
    document = case.documents.get()
    with pytest.raises(Incomplete) as refused:
        receive_items(case_id=case.pk, answers=[Answer(row.pk, "received", document.pk, 7)], by=user("nurse"))
    assert refused.value.sentence == "Office visit note has 1 page."


def test_intake_receives_and_does_not_waive(frozen):
    case = reviewed(founding_case("a"))
    row = ask(case).items.first()
    with pytest.raises(Denied):
        receive_items(case_id=case.pk, answers=[Answer(row.pk, "waived")], by=user("intake"))
    receive_items(case_id=case.pk, answers=[Answer(row.pk, "received", case.documents.get().pk)], by=user("intake"))
    assert RequestItem.objects.get(pk=row.pk).status == "received"


def with_director(case):
    """Line 3 of case A, marked and referred, then asked about by the director."""
    refer_lines(case_id=case.pk, lines=[3], question="How do you decide?", by=user("nurse"))
    return ask(case, by=user("medical_director"), items=[ItemDraft({"en": "Which side?"}, (Target(3),))])


def test_answers_that_a_director_asked_for_go_back_to_that_director(frozen):
    case = reviewed(founding_case("a"))
    ask(case)  # the nurse's own, about line 1
    request = with_director(case)
    assert statuses(case) == ["awaiting_information", "nurse_review", "awaiting_information", "nurse_review"]
    answered(case, request.items.get())
    assert statuses(case) == ["awaiting_information", "nurse_review", "physician_review", "nurse_review"]
    assert case.work.values_list("assignee__username").get(queue="director") == ("medical_director",)
    event = case.events.filter(kind="information_received").get()
    assert (event.line, '"to":"physician_review"' in event.payload) == (3, True)
    answered(case, *RequestItem.objects.filter(line__number=1))
    assert statuses(case)[0] == "nurse_review"


def test_a_line_that_the_director_returned_is_the_nurses_when_the_nurse_asks(frozen):
    case = reviewed(founding_case("a"))
    request = with_director(case)
    answered(case, request.items.get())
    return_line(case_id=case.pk, line=3, why="Which nerve is meant?", by=user("medical_director"))
    again = ask(case, items=[ItemDraft({"en": "Which nerve?"}, (Target(3),))])
    answered(case, again.items.get())
    assert statuses(case)[2] == "nurse_review"


def test_a_director_who_asks_takes_no_case_from_another(frozen):
    case, first = reviewed(founding_case("a")), user("medical_director", username="first")
    assign(case_id=case.pk, to=first, by=first, role=Role.MEDICAL_DIRECTOR)
    with_director(case)
    assert Case.objects.get(pk=case.pk).director == first


@pytest.mark.parametrize(
    "target",
    [Target(1, ("no_such",)), Target(1, ("duration", "gon_acute")), Target(1, flag="no_such"), Target(9, ("duration",)), Target(0)],
)
def test_an_item_is_about_what_its_line_has(frozen, target):
    case = reviewed(founding_case("a"))
    for step in (send_request, draft_request):
        more = {"answer_by": timezone.now() + timedelta(days=5)} if step is send_request else {}
        with pytest.raises(Conflict):
            step(case_id=case.pk, items=[ItemDraft({"en": "A note"}, (target,))], by=user("nurse"), **more)
    assert (RequestItem.objects.count(), statuses(case)[0]) == (0, "nurse_review")


def test_items_that_stop_mattering_close_themselves(frozen):
    case = reviewed(founding_case("a"))
    ask(case)
    record_finding(reference=case.reference, line=1, criterion="indication", by=user("nurse"), value="not_met")
    assert statuses(case)[0] == "nurse_review"
    assert set(RequestItem.objects.values_list("status", flat=True)) == {"moot"}


def test_a_resolved_flag_closes_its_item_and_a_withdrawn_line_all_of_them(frozen):
    case = reviewed(founding_case("b"))
    request = ask(case)
    resolve_flag(case_id=case.pk, line=2, flag="side", reason="practice_said", by=user("nurse"))
    assert list(request.items.filter(line__number=2).values_list("flag", "status")) == [("", "open"), ("side", "moot")]
    withdraw_line(case_id=case.pk, lines=[1], why="The practice withdrew it.", by=user("nurse"))
    assert set(request.items.filter(line__number=1).values_list("status", flat=True)) == {"moot"}
    assert statuses(case) == ["withdrawn", "awaiting_information"]


def test_an_item_of_ones_own_words_stays_until_it_is_answered(frozen):
    case = reviewed(founding_case("a"))
    ask(case, items=[ItemDraft({"en": "The name of the therapist"}, (Target(1),))])
    assert close_moot_items(Case.objects.get(pk=case.pk), by=user("nurse")) == []


def test_until_when(frozen):
    now = timezone.now()
    stops = next(rule for rule in SEED_RULES if rule.tolls and rule.answer_days == 45)
    runs = next(rule for rule in SEED_RULES if not rule.tolls)
    assert answer_until(stops, now, now, NEW_YORK).isoformat() == "2026-04-24T23:59:00-04:00"
    assert answer_until(runs, now + timedelta(days=7), now, NEW_YORK).isoformat() == "2026-03-15T23:59:00-04:00"
    assert answer_until(runs, now + timedelta(hours=20), now, NEW_YORK).isoformat() == "2026-03-10T23:59:00-04:00"
    assert answer_until(runs, now + timedelta(hours=2), now, NEW_YORK) == now + timedelta(hours=2)
    assert answer_until(runs, now - timedelta(days=1), now, NEW_YORK).isoformat() == "2026-03-11T23:59:00-04:00"
