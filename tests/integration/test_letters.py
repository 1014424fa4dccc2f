"""The letters of a case: owed, issued once, sent, voided; and the pages that do it."""

import json
from datetime import timedelta

import pypdfium2
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from authreview.canonical import sha256
from authreview.errors import Conflict, Denied, Incomplete
from authreview.models import AccessRecord
from cases import permissions
from cases.actions.letter_texts import install_letter_texts
from cases.actions.letters import issue_letter, issue_wanted, prepare_letters, record_delivery, void_letter
from cases.letters.drafts import owed_letters
from cases.letters.wording_texts import load_texts
from cases.models import Case, CaseEvent, Letter, LetterFile, LetterText, Plan, WorkItem
from cases.queries.letters import letter_material
from tests.conftest import TODAY
from tests.factories import user
from tests.letter_cases import answered, approved, asked, blocks_denied, fresh, ready, referred, signed

pytestmark = pytest.mark.django_db
TEXT_DAY = TODAY.date()


@pytest.fixture
def case(frozen):
    return blocks_denied()


def issued(case):
    """Every letter the case owes, issued by the nurse."""
    return [issue_letter(letter_id=draft.pk, by=user("nurse")) for draft in prepare_letters(case_id=case.pk, by=user("nurse"))]


def owed(case):
    return [(each.wanted.kind.value, each.wanted.recipient.value) for each in owed_letters(letter_material(fresh(case)), timezone.now())]


def statuses(case):
    return list(fresh(case).lines.order_by("number").values_list("status", flat=True))


# ---- actions --------------------------------------------------------------------------------------------------------------------
def test_a_letter_holds_what_was_issued(case):
    member, practitioner = issued(case)
    assert [(each.kind, each.recipient) for each in (member, practitioner)] == [("denial", "member"), ("denial", "practitioner")]
    for letter in (member, practitioner):
        pdf = bytes(LetterFile.objects.get(letter=letter).pdf)
        assert (sha256(pdf), sha256(letter.context)) == (letter.pdf_sha256, letter.context_digest)
        assert letter.pages == len(pypdfium2.PdfDocument(pdf))
        assert set(letter.versions) == {"template", "renderer", "texts"}
        assert letter.determinations.count() == 3
    event = CaseEvent.objects.filter(case=case, kind="letter_issued").first()
    assert json.loads(event.payload)["lines"] == [2, 3, 4]
    assert "Sample" not in event.payload


def test_drafts_follow_the_case(case):
    first = prepare_letters(case_id=case.pk, by=user("nurse"))
    assert [draft.pk for draft in prepare_letters(case_id=case.pk, by=user("nurse"))] == [draft.pk for draft in first]
    approved(answered(asked(case, lines=[1])), 1)
    again = prepare_letters(case_id=case.pk, by=user("nurse"))
    assert [(draft.pk, draft.kind) for draft in again] == [(draft.pk, "partial") for draft in first]


def test_a_line_decided_later_gets_its_own_letter(case):
    issued(case)
    assert owed(case) == []
    approved(answered(asked(case, lines=[1])), 1)
    assert owed(case) == [("approval", "member"), ("approval", "practitioner")]


def test_a_request_is_a_letter_and_where_the_rule_says_so_a_notice(frozen):
    case = asked(ready("a"), lines=[1])
    assert owed(case) == [("request", "practitioner"), ("request_notice", "member")]
    Case.objects.filter(pk=case.pk).update(line_of_business="medicare_advantage")
    assert owed(case) == [("request", "practitioner")]


def test_a_letter_is_issued_once(case):
    draft = prepare_letters(case_id=case.pk, by=user("nurse"))[0]
    issue_letter(letter_id=draft.pk, by=user("nurse"))
    with pytest.raises(Conflict, match="issued already"):
        issue_letter(letter_id=draft.pk, by=user("nurse"))
    with pytest.raises(Conflict, match="no longer needed"):
        issue_wanted(case_id=case.pk, key="decision-member", by=user("nurse"))


def test_what_changed_since_it_was_shown_is_not_issued(case, frozen):
    draft = prepare_letters(case_id=case.pk, by=user("nurse"))[0]
    frozen.shift(timedelta(days=1))  # another date, another last day to appeal
    with pytest.raises(Conflict, match="has changed since it was shown"):
        issue_letter(letter_id=draft.pk, by=user("nurse"), shown=draft.context_digest)
    letter = issue_letter(letter_id=draft.pk, by=user("nurse"))
    assert json.loads(letter.context)["dated"] == "2026-03-11"


@pytest.mark.parametrize("gap", ["peer_phone", "tty", "appeals_address"])
def test_an_incomplete_letter_is_refused_with_every_problem(case, gap):
    plan = Plan.objects.get(pk=case.plan_id)
    plan.contact = {name: value for name, value in plan.contact.items() if name != gap}
    plan.save()
    draft = prepare_letters(case_id=case.pk, by=user("nurse"))[0]
    with pytest.raises(Incomplete) as refused:
        issue_letter(letter_id=draft.pk, by=user("nurse"))
    assert [f"“{gap}”" in problem.label for problem in refused.value.problems] == [True]
    assert refused.value.problems[0].url == reverse("admin:cases_plan_change", args=[plan.pk])
    assert Letter.objects.get(pk=draft.pk).status == "draft"


def test_a_text_that_has_ended_is_no_text(case):
    row = load_texts("commercial", "OH", "en", TEXT_DAY)["court"]
    LetterText.objects.filter(pk=row.pk).update(effective_until=TEXT_DAY - timedelta(days=1))
    with pytest.raises(Incomplete) as refused:
        issue_wanted(case_id=case.pk, key="decision-member", by=user("nurse"))
    assert ["the right to go to court" in problem.label for problem in refused.value.problems] == [True]


@pytest.mark.parametrize("role", ["intake", "supervisor", "auditor", "policy_editor", "admin"])
def test_who_issues_and_sends(case, role):
    with pytest.raises(Denied, match="Letters are issued by"):
        prepare_letters(case_id=case.pk, by=user(role))
    letter = issued(case)[0]
    with pytest.raises(Denied, match="Delivery is recorded by"):
        record_delivery(letter_id=letter.pk, channel="mail", by=user(role))


def test_a_line_is_notified_when_both_were_sent_its_decision(case, frozen):
    member, practitioner = issued(case)
    frozen.shift(timedelta(hours=1))
    record_delivery(letter_id=member.pk, channel="mail", by=user("letters"), tracking="123")
    assert statuses(case) == ["nurse_review", "decided", "decided", "decided"]
    assert WorkItem.objects.filter(case=case, queue="notify").exists()
    frozen.shift(timedelta(hours=1))
    record_delivery(letter_id=practitioner.pk, channel="fax", by=user("letters"))
    assert statuses(case) == ["nurse_review", "notified", "notified", "notified"]
    assert not WorkItem.objects.filter(case=case, queue="notify").exists()
    assert set(case.lines.filter(number__gt=1).values_list("notified_at", flat=True)) == {TODAY + timedelta(hours=2)}


def test_a_letter_is_not_sent_before_it_was_issued_nor_later_than_now(case):
    letter = issued(case)[0]
    for sent_at, sentence in ((TODAY - timedelta(hours=1), "before it was issued"), (TODAY + timedelta(hours=1), "still to come")):
        with pytest.raises(Incomplete, match=sentence):
            record_delivery(letter_id=letter.pk, channel="mail", by=user("letters"), sent_at=sent_at)
    with pytest.raises(Incomplete, match="how the letter went out"):
        record_delivery(letter_id=letter.pk, channel="pigeon", by=user("letters"))


def test_a_void_letter_is_kept_and_owed_again(case):
    member, practitioner = issued(case)
    record_delivery(letter_id=practitioner.pk, channel="fax", by=user("letters"))
    void_letter(letter_id=member.pk, reason="Sent to the old address", by=user("letters"))
    with pytest.raises(Conflict, match="Only an issued letter can be sent"):
        record_delivery(letter_id=member.pk, channel="mail", by=user("letters"))
    assert owed(case) == [("denial", "member")]
    again = issue_wanted(case_id=case.pk, key="decision-member", by=user("nurse"))
    assert again.corrects == member
    record_delivery(letter_id=again.pk, channel="mail", by=user("letters"))
    assert statuses(case)[1:] == ["notified"] * 3
    assert LetterFile.objects.filter(letter=member).exists()


def test_voiding_needs_a_reason_and_its_people(case):
    letter = issued(case)[0]
    with pytest.raises(Incomplete, match="Say why"):
        void_letter(letter_id=letter.pk, reason="  ", by=user("letters"))
    with pytest.raises(Denied, match="Letters are voided by"):
        void_letter(letter_id=letter.pk, reason="x", by=user("nurse"))


def test_an_issued_letter_cannot_be_changed(case):
    letter = issued(case)[0]
    with pytest.raises(DatabaseError, match="issued letter cannot be changed"), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(context="{}")


def test_verify(case, capsys):
    issued(case)
    call_command("verify_letters", case.reference)
    assert capsys.readouterr().out == "2 of 2 letters are sound, 2 drawn again.\n"


@pytest.mark.only_on("sqlite")
def test_verify_finds_another_file(case, capsys):
    letter = issued(case)[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'cases_letterfile'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute("UPDATE cases_letterfile SET pdf = %s WHERE letter_id = %s", [b"%PDF-1.7 other", letter.pk])
    with pytest.raises(CommandError, match="not what was issued"):
        call_command("verify_letters")
    assert f"letter {letter.pk}: its file is not the one that was issued" in capsys.readouterr().err


# ---- wording --------------------------------------------------------------------------------------------------------------------
def test_the_most_particular_text_holds(db):
    writer, approver = user("admin", username="writer"), user("admin", username="approver")
    rows = [("", "", "all"), ("", "OH", "state"), ("commercial", "", "line"), ("commercial", "OH", "both")]
    now = timezone.now()
    for line_of_business, state, body in rows:
        LetterText.objects.create(
            key="x",
            line_of_business=line_of_business,
            state=state,
            language="en",
            body=body,
            effective_from=TEXT_DAY,
            written_by=writer,
            written_at=now,
            approved_by=approver,
            approved_at=now,
        )
    places = (("medicaid", "TX"), ("medicaid", "OH"), ("commercial", "TX"))
    found = [load_texts(line_of_business, state, "en", TEXT_DAY)["x"].body for line_of_business, state in places]
    assert found == ["all", "state", "line"]
    assert load_texts("commercial", "OH", "en", TEXT_DAY)["x"].body == "both"
    assert "x" not in load_texts("commercial", "OH", "es", TEXT_DAY)
    assert "x" not in load_texts("commercial", "OH", "en", TEXT_DAY - timedelta(days=1))


def test_wording_that_waits_is_said_beside_the_letter_that_would_carry_it(case, nurse):
    text = load_texts("commercial", "OH", "en", TEXT_DAY)["appeal"]
    wait = {"written_by": text.written_by, "written_at": timezone.now(), "body": "New.", "effective_from": TEXT_DAY, "language": "en"}
    LetterText.objects.create(key="request_how", **wait)  # of a letter that is not owed
    LetterText.objects.create(key="appeal", **wait | {"language": "es"})
    LetterText.objects.create(key="appeal", line_of_business="medicaid", **wait)
    assert "New wording waits" not in nurse.get(page(case)).content.decode()
    LetterText.objects.create(key="appeal", **wait)
    assert "New wording waits for its approval past its first day: appeal (en)" in nurse.get(page(case)).content.decode()
    assert "New wording waits" not in nurse.get(page(case), {"show": "decision-practitioner"}).content.decode()


def test_texts_are_read_once_for_all_letters_of_a_language(case, django_assert_num_queries):
    material = letter_material(fresh(case))
    with django_assert_num_queries(1):
        assert len(owed_letters(material, timezone.now())) == 2


def test_shipped_texts_are_approved_by_somebody_else(db):
    writer = user("admin", username="writer")
    with pytest.raises(Denied, match="their own wording"):
        install_letter_texts(written_by=writer, approved_by=writer)
    added = install_letter_texts(written_by=writer, approved_by=user("admin", username="approver"))
    assert added == LetterText.objects.count() > 70
    assert install_letter_texts(written_by=writer, approved_by=user("admin", username="approver")) == 0
    english, spanish = (set(load_texts("medicare_advantage", "OH", language, TEXT_DAY)) for language in ("en", "es"))
    assert spanish < english  # what a practitioner alone reads is English


# ---- pages ----------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def nurse(client):
    client.force_login(user("nurse"))
    return client


@pytest.fixture
def desk(client):
    client.force_login(user("letters"))
    return client


def page(case, name="letters", *more):
    return reverse(name, args=[case.reference, *more])


def token(case, key):
    each = next(each for each in owed_letters(letter_material(fresh(case)), timezone.now()) if each.wanted.key == key)
    return f"{key}:{each.draft.digest}"


def test_works(case, nurse):
    shown = nurse.get(page(case)).content.decode()
    assert "We did not approve the care your doctor asked for" in shown
    assert "Everything that this letter must say is in it." in shown
    answer = nurse.post(page(case, "letters-issue"), {"letter": [token(case, "decision-member")]})
    assert (answer.status_code, answer["Location"]) == (302, page(case))
    answer = nurse.post(page(case, "letters-issue"), {"letter": [token(case, "decision-practitioner")]})
    letter = Letter.objects.get(recipient="practitioner")
    assert answer["Location"] == page(case, "letter", letter.pk)
    assert "How it went out" in nurse.get(answer["Location"]).content.decode()


def test_works_for_each_recipient(case, nurse):
    shown = nurse.get(page(case) + "?show=decision-practitioner").content.decode()
    assert "The policy, criterion by criterion" in shown


def test_the_file_has_a_name_without_personal_data(case, nurse):
    letter = issued(case)[0]
    answer = nurse.get(page(case, "letter-pdf", letter.pk))
    assert answer.content == bytes(LetterFile.objects.get(letter=letter).pdf)
    assert answer["Content-Disposition"] == f'inline; filename="{case.reference}-denial-member-en-{letter.pk}.pdf"'
    assert AccessRecord.objects.filter(kind="letter", key=f"{case.reference}/{letter.pk}").exists()


def test_a_draft_as_paper(case, nurse):
    answer = nurse.get(page(case, "letter-draft-pdf", "decision-member"))
    assert answer.content.startswith(b"%PDF-1.7")
    assert nurse.get(page(case, "letter-draft-pdf", "decision-nobody")).status_code == 404


def test_shows_errors(case, nurse):
    plan = Plan.objects.get(pk=case.plan_id)
    plan.contact = {"phone": "1-800-555-0100"}
    plan.save()
    shown = nurse.get(page(case)).content.decode()
    assert "This letter cannot be issued yet: see what is missing." in shown
    assert "The plan&#x27;s contact has no “appeals_fax”" in shown
    answer = nurse.post(page(case, "letters-issue"), {"letter": [token(case, "decision-member")]})
    assert answer.status_code == 422
    assert nurse.post(page(case, "letters-issue"), {}).status_code == 422


def test_a_stale_page_issues_nothing(case, nurse):
    stale = token(case, "decision-member").replace(":", ":0")
    assert nurse.post(page(case, "letters-issue"), {"letter": [stale]}).status_code == 409
    assert not Letter.objects.exclude(status="draft").exists()


def test_delivery_and_void(case, desk):
    letter = issued(case)[0]
    here = page(case, "letter", letter.pk)
    answer = desk.post(page(case, "letter-delivery", letter.pk), {"channel": "mail", "sent_at": "2026-03-10T10:00", "tracking": "9400"})
    assert answer["Location"] == here
    assert "Mail 10 Mar 2026, 10:00, Letters Example (9400)" in desk.get(here).content.decode()
    answer = desk.post(page(case, "letter-void", letter.pk), {"reason": "Wrong address"})
    assert answer["Location"] == page(case)
    shown = desk.get(here).content.decode()
    assert "Void: Wrong address" in shown
    assert "Record that it was sent" not in shown


def test_shows_errors_of_delivery_and_void(case, desk):
    letter = issued(case)[0]
    answer = desk.post(page(case, "letter-delivery", letter.pk), {"channel": "mail", "sent_at": "yesterday"})
    assert (answer.status_code, "Enter a valid date/time." in answer.content.decode()) == (422, True)
    assert desk.post(page(case, "letter-void", letter.pk), {"reason": ""}).status_code == 422


def test_the_batch(case, desk):
    letters = issued(case)
    shown = desk.get(reverse("letters-print")).content.decode()
    assert shown.count('name="letters"') == 2
    printed = desk.post(reverse("letters-print-pdf"), {"letters": [letter.pk for letter in letters]})
    assert len(pypdfium2.PdfDocument(printed.content)) == sum(letter.pages for letter in letters)
    assert AccessRecord.objects.filter(kind="letter").count() == 2
    form = {"letters": [letter.pk for letter in letters], "channel": "mail", "sent_at": "2026-03-10T10:00"}
    assert desk.post(reverse("letters-print"), form).status_code == 302
    assert statuses(case)[1:] == ["notified"] * 3
    assert "Nothing waits to be sent" in desk.get(reverse("letters-print")).content.decode()
    assert desk.post(reverse("letters-print"), form).status_code == 422
    assert desk.post(reverse("letters-print-pdf"), {}).status_code == 422


def test_needs_role(case, client):
    for role in ("policy_editor", "admin"):
        client.force_login(user(role))
        assert client.get(page(case)).status_code == 403
    client.force_login(user("auditor"))
    assert permissions.NOT_LETTERS in client.get(page(case)).content.decode()
    assert client.post(page(case, "letters-issue"), {"letter": [token(case, "decision-member")]}).status_code == 403
    assert client.get(reverse("letters-print")).status_code == 403


def test_another_cases_letter_is_not_found(case, nurse):
    letter = issued(case)[0]
    other = Case.objects.exclude(pk=case.pk).first()
    assert other is None
    assert nurse.get(reverse("letter", args=[case.reference, letter.pk + 1000])).status_code == 404


@pytest.mark.parametrize("lines", [1, 3])
def test_query_count(frozen, nurse, django_assert_max_num_queries, lines):
    """As many for one decided line as for three."""
    case = ready("a")
    for number in range(2, 2 + lines):
        case = signed(referred(case, [number]), number)
    nurse.get(page(case))
    with django_assert_max_num_queries(32):
        nurse.get(page(case))
