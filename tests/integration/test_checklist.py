"""Saves of the checklist: what is written, what is answered, who may, what is refused; one statement for each thing."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authreview.errors import Conflict, Denied, Incomplete
from authreview.models import User
from cases import permissions
from cases.actions.line import withdraw_line
from cases.actions.marking import Selection
from cases.actions.review import accept_proposal, accept_proposals, cite, copy_to_siblings, record_finding, remove_evidence
from cases.models import CaseEvent, Evidence, Finding, ServiceLine
from criteria import parsed
from tests.factories import attach, demo_of, founding_case, mark, reviewed, selection_of, user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]

HTMX = {"HTTP_HX_REQUEST": "true"}
MONTHS = "a couple months of muscle pain"


def save(client, case, criterion, line=1, *, htmx=True, **sent):
    url = reverse("finding", args=[case.reference, line, criterion])
    return client.post(url, {"value": "", "note": "", "version": 0} | sent, **(HTMX if htmx else {}))


def row(case, criterion, line=1):
    found = Finding.objects.filter(line__case=case, line__number=line, criterion=criterion)
    return found.values_list("value", "note", "origin", "version").first()


def kinds(case):
    return list(CaseEvent.objects.filter(case=case).order_by("sequence").values_list("kind", flat=True))


def statements(asked):
    return [each["sql"] for each in asked if not each["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]


# ---- one row --------------------------------------------------------------------------------------------------------------------
def test_works(client, case, nurse):
    response = save(client, case, "program", value="met", note=" with therapy \r\n ")
    assert response.status_code == 200
    assert row(case, "program") == ("met", "with therapy", "manual", 1)
    html = response.content.decode()
    assert re.findall(r'id="([^"]+)"[^>]*hx-swap-oob', html) == ["finding-status-program", "mark-program", "standing", "tab-1", "said"]
    assert "Met needs evidence" in html
    assert kinds(case)[-1] == "finding_recorded"


def test_works_without_htmx(client, case, nurse):
    response = save(client, case, "program", value="met", htmx=False)
    assert (response.status_code, response["Location"]) == (302, reverse("case-line", args=[case.reference, 1]) + "#finding-program")
    page = client.get(response["Location"]).content.decode()
    assert re.search(r'id="choose-program-met"[^>]* checked', page)


@pytest.mark.parametrize(("role", "sentence"), [("intake", permissions.NOT_CLINICAL), ("auditor", permissions.NOT_CLINICAL)])
def test_needs_role(client, case, role, sentence):
    client.force_login(user(role))
    response = save(client, case, "program", value="met")
    assert response.status_code == 403
    assert sentence in response.content.decode()
    assert response["HX-Retarget"] == "#messages"
    assert row(case, "program") is None


def test_rejects_wrong_status(client, case, nurse):
    withdraw_line(case_id=case.pk, lines=[1], why="asked by the practice", by=nurse)
    response = save(client, case, "program", value="met")
    assert response.status_code == 403
    assert permissions.NOT_OPEN in response.content.decode()


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"value": "perhaps"}, 422), ({"value": "not_applicable"}, 422), ({"value": "met", "version": 7}, 409), ({"note": "x" * 4001}, 422)],
)
def test_shows_errors(client, case, nurse, sent, status):
    response = save(client, case, "program", **sent)
    assert response.status_code == status
    assert response["HX-Retarget"] == "#messages"
    assert row(case, "program") is None


def test_a_proposal_of_nothing_does_not_stand_beside_quotes(client, case, nurse):
    """Where a nurse has read the answer in the record, "nothing is typed in" is said quietly and cannot be accepted."""
    url = reverse("case-line", args=[case.reference, 1])
    proposed = ServiceLine.objects.get(case=case, number=1).proposals["duration"]
    assert proposed["finding"] == "not_documented"
    block = r'id="finding-status-duration".*?(?=</form>)'
    unanswered = re.search(block, client.get(url).content.decode(), re.DOTALL)[0]
    assert 'name="accept" value="not_documented"' in unanswered
    bare = save(client, case, "duration", value="met").content.decode()
    assert 'name="accept" value="not_documented"' in bare  # nothing is shown for it yet
    mark(case, 1, "duration", "met", quote=MONTHS)
    answered = re.search(block, client.get(url).content.decode(), re.DOTALL)[0]
    assert 'name="accept"' not in answered
    assert "the facts are not typed in" in answered


def test_unknown_criterion_or_line(client, case, nurse):
    assert save(client, case, "nothing", value="met").status_code == 409
    assert save(client, case, "program", line=9, value="met").status_code == 409


@pytest.mark.parametrize("answered", [1, 3])
def test_query_count(client, case, nurse, answered):
    for criterion in ("program", "duration", "reason_for_both")[:answered]:
        mark(case, 1, criterion, "unclear")
    save(client, case, "program", value="met", version=1)  # the session is written once
    with CaptureQueriesContext(connection) as asked:
        save(client, case, "program", value="unclear", version=2)
    assert len(statements(asked)) == 7


def test_a_note_comes_before_an_answer(client, case, nurse):
    save(client, case, "program", note="ask them")
    assert row(case, "program") == (None, "ask them", "manual", 1)
    save(client, case, "program", note="ask them", value="unclear", version=1)
    assert row(case, "program") == ("unclear", "ask them", "manual", 2)


def test_nothing_changed_is_no_event(client, case, nurse):
    save(client, case, "program", value="met")
    before = kinds(case)
    save(client, case, "program", value="met")  # sent twice: the version is old, what it says is the same
    save(client, case, "duration")
    assert kinds(case) == before


def test_stale_tab(client, case, nurse):
    """Another person's mark is not overwritten; other rows of the same page still save."""
    mark(case, 1, "program", "met", by=user("nurse", username="nurse2"))
    assert save(client, case, "program", value="unclear").status_code == 409
    assert row(case, "program")[0] == "met"
    assert save(client, case, "duration", value="unclear").status_code == 200
    fresh = client.get(reverse("finding", args=[case.reference, 1, "program"]), **HTMX).content.decode()
    assert 'name="version" value="1"' in fresh
    assert "Nurse2 Example, RN" in fresh


def test_searched_in_is_what_was_opened(client, case, nurse):
    save(client, case, "reason_for_both", value="not_documented")
    assert Finding.objects.get(criterion="reason_for_both").searched == []
    client.get(reverse("case", args=[case.reference]))
    html = save(client, case, "reason_for_both", value="not_documented", note="looked", version=1).content.decode()
    document = case.documents.get()
    assert Finding.objects.get(criterion="reason_for_both").searched == [[document.pk, 1, 1]]
    assert "Searched in 1 document, 1 page." in html


def test_who_marked_as_nurse_is_kept(case):
    mark(case, 1, "program", "met")
    assert ServiceLine.objects.get(case=case, number=1).reviewer_ids == [user("nurse").pk]


# ---- proposals ------------------------------------------------------------------------------------------------------------------
def test_accepting_a_proposal(client, case, nurse):
    html = save(client, case, "first_set", accept="met").content.decode()
    assert row(case, "first_set") == ("met", "", "accepted", 1)
    assert "Computed: No session after" in html
    assert "Met needs evidence" not in html
    before = kinds(case)
    save(client, case, "first_set", accept="met")
    assert kinds(case) == before


def test_a_proposal_that_has_changed_is_not_accepted(client, case, nurse):
    assert save(client, case, "first_set", accept="not_met").status_code == 409
    assert save(client, case, "program", accept="met").status_code == 409  # it has no check


@pytest.mark.parametrize(("value", "origin"), [("not_documented", "accepted"), ("unclear", "override")])
def test_origin(case, value, origin):
    mark(case, 1, "duration", value)
    assert row(case, "duration")[2] == origin


def test_what_the_form_stated_is_no_override(case):
    mark(case, 1, "indication", "met")
    assert row(case, "indication")[2] == "manual"


def test_accept_all(client, case, nurse):
    mark(case, 1, "duration", None, note="see page 2")
    mark(case, 1, "alone_that_day", "unclear")
    response = client.post(reverse("proposals", args=[case.reference, 1]), **HTMX)
    assert response.status_code == 200
    assert {each.criterion: each.value for each in Finding.objects.filter(line__number=1)} == {
        "duration": "not_documented",
        "alone_that_day": "unclear",
        "medicine_trial": "not_documented",
        "physical_trial": "not_documented",
        "palpation": "not_documented",
        "first_set": "met",
        "four_sets": "met",
        "seven_days": "met",
        "two_months": "met",
    }
    assert row(case, "duration") == ("not_documented", "see page 2", "accepted", 2)
    assert kinds(case)[-1] == "proposals_accepted"
    again = client.post(reverse("proposals", args=[case.reference, 1]), **HTMX)
    assert "nothing to accept" in again.content.decode()


# ---- evidence -------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "criterion", "quote", "value"),
    [
        (1, "program", "Referral to physical therapy", "met"),  # no check
        (1, "indication", "Myofascial pain syndrome", "met"),  # the stated facts would do
        (1, "duration", MONTHS, "unclear"),  # a passage speaks to it, the check does not pass
        (2, "face_forehead_headache", "Nerve blocks: supraorbital", "met"),  # an exclusion: applies
    ],
)
def test_citing_answers(case, line, criterion, quote, value):
    cite(reference=case.reference, line=line, criterion=criterion, by=user("nurse"), selection=selection_of(case, quote))
    assert row(case, criterion, line)[0] == value
    assert list(Evidence.objects.values_list("quote", "page")) == [(quote, 1)]
    assert kinds(case)[-1] == "cited"


def test_citing_keeps_an_answer_and_cites_once(case):
    mark(case, 1, "duration", "not_met")
    where = {"reference": case.reference, "line": 1, "criterion": "duration", "by": user("nurse"), "selection": selection_of(case, MONTHS)}
    cite(**where)
    cite(**where)
    assert row(case, "duration")[0] == "not_met"
    assert Evidence.objects.count() == 1


def test_citing_by_selection(client, case, nurse):
    document = case.documents.get()
    words = document.pages.get().text.split()
    first = words.index("couple") - 1
    sent = {"criterion": "duration", "cite_document": document.pk, "cite_page": 1, "cite_first": first, "cite_last": first + 5}
    response = client.post(reverse("cite", args=[case.reference, 1]), sent, **HTMX)
    assert (response.status_code, response["HX-Trigger"]) == (200, "record:cited")
    assert Evidence.objects.get().quote == MONTHS


def test_citing_typed_words_without_htmx(client, case, nurse):
    sent = {"criterion": "duration", "quote_document": case.documents.get().pk, "quote_page": 1, "quote_text": MONTHS}
    response = client.post(reverse("cite", args=[case.reference, 1]), sent)
    assert response["Location"].endswith("#finding-duration")
    assert Evidence.objects.get().quote == MONTHS


@pytest.mark.parametrize("sent", [{}, {"quote_text": "not on the page"}, {"cite_first": 0, "cite_last": 9999}])
def test_what_is_not_on_the_page_is_not_cited(client, case, nurse, sent):
    document = case.documents.get().pk
    sent = {"criterion": "duration", "quote_document": document, "cite_document": document, "cite_page": 1} | sent
    assert client.post(reverse("cite", args=[case.reference, 1]), sent, **HTMX).status_code == 422
    assert Evidence.objects.count() == 0


def test_a_passage_of_another_case_is_not_cited(case):
    other = founding_case("b")
    with pytest.raises(Incomplete):
        cite(
            reference=case.reference,
            line=1,
            criterion="duration",
            by=user("nurse"),
            selection=Selection(document_id=other.documents.get().pk, page=1, first_word=0, last_word=1),
        )


def test_taking_a_quote_away(client, case, nurse):
    mark(case, 1, "duration", "unclear", quote=MONTHS)
    response = save(client, case, "duration", uncite=Evidence.objects.get().pk, value="unclear", version=1)
    assert (response.status_code, Evidence.objects.count(), row(case, "duration")) == (200, 0, ("unclear", "", "override", 2))
    assert kinds(case)[-1] == "evidence_removed"
    gone = remove_evidence(reference=case.reference, line=1, criterion="duration", evidence_id=1, by=nurse)
    assert gone.written == ()


def test_a_quote_of_another_finding_is_not_taken_away(client, case, nurse):
    mark(case, 1, "program", "met", quote="Referral to physical therapy")
    mark(case, 1, "duration", "unclear", quote=MONTHS)
    other = Evidence.objects.get(finding__criterion="program").pk
    response = save(client, case, "duration", uncite=other, version=1)
    assert response.status_code == 409
    assert "This quote is not cited to “Symptoms have lasted more than 3 months”" in response.content.decode()
    assert Evidence.objects.count() == 2
    before = save(client, case, "duration", uncite=other + 1000, version=1)
    assert "This quote was taken away before." in before.content.decode()
    assert save(client, case, "duration", uncite=10**30, version=1).status_code == 422


def test_same_on_sibling_lines(client, case, nurse):
    mark(case, 4, "other_migraine", "unclear")
    mark(case, 2, "face_migraine", "not_met", quote="headache at the back of the head", note="not migraine")
    copied = copy_to_siblings(reference=case.reference, line=2, criterion="face_migraine", by=nurse)
    assert copied.copied_to == (3,)
    assert row(case, "gon_migraine", 3)[:2] == ("not_met", "not migraine")
    assert row(case, "other_migraine", 4)[0] == "unclear"  # answered already
    assert sorted(Evidence.objects.values_list("finding__line__number", flat=True)) == [2, 3]


# ---- what the answer says -------------------------------------------------------------------------------------------------------
def test_the_marks_that_changed(client, case, nurse):
    """Both ways through one group: what one answer settles is said at the other, and only there."""
    html = save(client, case, "alone_that_day", value="met").content.decode()
    marks = dict(re.findall(r'id="mark-([^"]+)" data-mark="([^"]+)"', html))
    assert marks == {"alone_that_day": "counted", "reason_for_both": "settled"}


def test_case_a_stands_as_a_careful_nurse_finds_it(client, case, nurse):
    reviewed(case)
    page = client.get(reverse("case-line", args=[case.reference, 1])).content.decode()
    assert "Undecided: 5 things are missing" in page
    assert "Shortest way to approval: all five." in page
    for number in (2, 3, 4):
        page = client.get(reverse("case-line", args=[case.reference, number])).content.decode()
        assert "Not met as marked: a director decides" in page


def test_overlay_stands_first_and_folds_the_base(client, nurse):
    case = founding_case("a", plan="ahh", member_id="AHH-1")
    mark(case, 3, "ahh_headache", "met", quote="Occipital neuralgia")
    accept_proposals(reference=case.reference, line=3, by=nurse)
    page = client.get(reverse("case-line", args=[case.reference, 3])).content.decode()
    assert page.index("finding-ahh_headache") < page.index("finding-gon_neuralgia")
    assert "The exception is met, so the base policy is not needed." in page
    assert "Criteria met: a nurse may approve" in page


def test_a_policy_that_is_parsed_again_has_the_same_page(client, nurse):
    """A house with more versions than are kept in memory parses some of them again, in the middle of a review."""
    page = reverse("case-line", args=[founding_case("a", plan="ahh", member_id="AHH-1").reference, 3])
    before = client.get(page).content.decode().count("row-text")
    parsed._TREES.clear()
    assert (client.get(page).content.decode().count("row-text"), before > 0) == (before, True)


def test_case_b_waits_and_is_never_refused(client, nurse):
    case = founding_case("b")
    reviewed(case)
    page = client.get(reverse("case-line", args=[case.reference, 1])).content.decode()
    assert "Everything open has been looked for: ask the practice for it." in page
    assert "Undecided" in page


def test_what_arrives_answers_through_the_same_actions(case):
    answers = demo_of(case).answers
    attach(case, answers.document, by=user("intake"))
    for criterion, found in answers.findings["20553"].items():
        if not found.accept:
            mark(case, 1, criterion, found.value, quote=found.quote)
    assert row(case, "palpation")[0] == "met"


def test_denied_by_the_action_too(case):
    outsider = User.objects.create_user("nobody")
    for act in (record_finding, accept_proposal):
        with pytest.raises(Denied):
            act(reference=case.reference, line=1, criterion="program", by=outsider)
    with pytest.raises(Conflict):
        record_finding(reference="PA-0000-1", line=1, criterion="program", by=user("nurse"), value="met")
