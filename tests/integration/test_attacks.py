"""What a browser would never send, somebody will: it is refused in words, changes nothing, and is never an error of the server."""

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from authreview.errors import Conflict, Incomplete
from cases.actions.intake import take_in
from cases.actions.letters import issue_letter, prepare_letters, record_deliveries
from cases.models import Case
from cases.reading import Unreadable, read_file
from criteria.actions import new_draft, publish_shipped, retire
from tests import letter_cases
from tests.decisions import referred, shown
from tests.factories import case_at, founding_case, user
from tests.intakes import FORM, REQUEST, ready

pytestmark = pytest.mark.django_db
PASSWORD = "let me in, please"
NO_NUMBERS = ["²", "٣", "9" * 5000, "9" * 25, "-1", "1e9", "\0"]


@pytest.fixture
def signed_in(client):
    """`signed_in("nurse")`: the client, signed in as one of that role."""

    def of(*roles, **more):
        client.force_login(user(*roles, **more), backend="authreview.backends.RoleBackend")
        return client

    return of


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_numbers_in_addresses_that_are_none(signed_in, frozen, text):
    case = founding_case("a")
    client = signed_in("nurse")
    for name, args, query in (
        ("referral", [case.reference], "line"),
        ("approve", [case.reference], "line"),
        ("cases", [], "after"),
        ("cases", [], "before"),
        ("worklist", [], "after"),
        ("case", [case.reference], "document"),
        ("case", [case.reference], "page"),
        ("case", [case.reference], "mark"),
    ):
        assert (name, query, client.get(reverse(name, args=args), {query: text}).status_code) == (name, query, 200)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_numbers_in_forms_that_are_none(signed_in, frozen, text):
    case = founding_case("a")
    client = signed_in("nurse")
    for name in ("referral", "approve"):
        assert client.post(reverse(name, args=[case.reference]), {"lines": text, "question": "?"}).status_code == 422
    assert client.post(reverse("letters-print-pdf"), {"letters": text}).status_code == 422
    for button, value in (
        ("remove-line", text),
        ("search-diagnosis", text),
        ("pick-diagnosis", f"{text}:M79.18"),
        ("add-site", text),
        ("remove-site", f"{text}:{text}"),
        ("pick-member", text),
    ):
        typed = {"lines-TOTAL_FORMS": text, "lines-0-site_count": text, f"lines-{text[:300]}-code": "20553", "lines-0-diagnoses": text}
        assert (button, client.post(reverse("intake-new"), typed | {button: value}).status_code) == (button, 200)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_numbers_in_the_administration_that_are_none(signed_in, frozen, text):
    founding_case("a")
    client = signed_in("admin", is_staff=True)
    for page in ("criteria/policyversion", "cases/case", "cases/caseevent"):
        path = f"/admin/{page}/{text}/change/".replace("\0", "%00")
        assert (page, client.get(path).status_code < 500) == (page, True)
    assert client.get("/admin/criteria/policyversion/", {"basis": text}).status_code in (200, 302)


@pytest.mark.parametrize("address", ["http://[::1", "//[", "http://testserver/?a=%ff", "\x01"])
def test_an_address_that_htmx_never_names(signed_in, frozen, address):
    case = founding_case("a")
    path = reverse("case", args=[case.reference])
    assert signed_in("nurse").get(path, headers={"HX-Request": "true", "HX-Current-URL": address}).status_code == 200


@pytest.mark.parametrize("path", ["//elsewhere.example/x", "/\\elsewhere.example"])
def test_the_way_back_is_no_way_out(signed_in, path):
    """A path of ours that begins with two slashes would lead to another site when it stands in a link."""
    client = signed_in("letters")
    answer = client.get(reverse("intake-new"), headers={"Referer": f"http://testserver{path}"})
    assert (answer.status_code, "elsewhere.example" in answer.content.decode()) == (403, False)
    client.logout()
    answer = client.post(reverse("take-next"), headers={"Referer": f"http://testserver{path}"})
    assert answer["Location"] == "/sign-in/?next=/"


def test_a_nul_in_an_address(signed_in, frozen):
    """PostgreSQL takes none in a text."""
    client = signed_in("nurse", "policy_editor")
    for path in (
        "/cases/%00/",
        "/cases/PA-2026-000001%00/",
        "/policies/x/questionnaires/%00",
        "/policies/x/replay/%00",
        "/code-sets/codes/%00/",
    ):
        assert (path, client.get(path).status_code) == (path, 404)
    assert client.post(reverse("intake-autosave"), {"draft": "PA-\0"}).status_code == 404


@pytest.mark.postgres
@pytest.mark.parametrize("query", ["criteria/policyversion/?status__exact=%00", "cases/lettertext/?language=a%00b", "cases/plan/?q=%00"])
def test_a_nul_in_a_filter(signed_in, query):
    """PostgreSQL takes none in a text: the list is shown without it."""
    assert signed_in("admin", is_staff=True).get(f"/admin/{query}", follow=True).status_code == 200


# ---- days that no calendar of care holds ----------------------------------------------------------------------------------------
FAR = ["0001-01-01", "9999-12-31", "9999-10-15"]
APPROVE = {"decision": "approved", "rationale": "The block can confirm the diagnosis.", "no_conflict": "on", "password": PASSWORD}


@pytest.mark.parametrize("day", FAR)
def test_a_day_of_service_far_away_is_not_routed(signed_in, frozen, day):
    ready()
    days = {"lines-0-first_service": day, "lines-0-last_service": day}
    answer = signed_in("intake").post(reverse("intake-new"), FORM | days | {"route": "1"})
    assert (answer.status_code, answer.content.decode().count("more than 10 years away") > 1) == (422, True)
    with pytest.raises(Incomplete, match="cannot be routed"):
        take_in(data=replace(REQUEST, lines=(replace(REQUEST.lines[0], first_service=date.fromisoformat(day)),)), by=user("intake"))


@pytest.mark.parametrize("day", FAR)
def test_a_line_amended_to_a_day_far_away_can_still_be_decided(signed_in, frozen, day):
    case = referred()
    case.lines.filter(number=3).update(first_service=day)
    page = reverse("sign-off-line", args=[case.reference, 3])
    client = signed_in("medical_director")
    assert client.get(page).status_code == 200
    days = {"valid_from": "2026-03-10", "valid_through": "2026-06-08"}
    assert client.post(page, APPROVE | days | {"shown": shown(case, 3)}).status_code == 302


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"valid_through": "2026-03-01"}, "The last day cannot be before the first."),
        ({"valid_through": "9999-12-31"}, "Check the year."),
        ({"valid_from": "0001-01-01"}, "Check the year."),
        ({"valid_from": "9999-12-31"}, "Check the year."),
    ],
)
def test_an_approval_is_for_days_that_stand(signed_in, frozen, days, sentence):
    case = referred()
    answer = signed_in("medical_director").post(reverse("sign-off-line", args=[case.reference, 3]), APPROVE | days)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_a_conversation_is_offered_for_days_that_stand(signed_in, frozen):
    case = referred()
    offer = {"offer": "1", "p2p-how": "phone", "p2p-open_until": "9999-12-31T23:59"}
    answer = signed_in("medical_director").post(reverse("peer-to-peer", args=[case.reference, 3]), offer)
    assert (answer.status_code, "more than a year away" in answer.content.decode()) == (422, True)


def test_an_own_item_is_about_a_line(signed_in, frozen):
    case = founding_case("a")
    typed = {"item-TOTAL_FORMS": "0", "item-INITIAL_FORMS": "0", "own-en": "The note of 2 March.", "answer_by": "2026-03-20"}
    answer = signed_in("nurse").post(reverse("information-request", args=[case.reference]), typed)
    said = answer.content.decode()
    assert (answer.status_code, "Say which line this is about." in said, "The note of 2 March." in said) == (422, True, True)


# ---- files ----------------------------------------------------------------------------------------------------------------------
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
}


def docx(document):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (PARTS | {"word/document.xml": document}).items():
            archive.writestr(name, text)
    return packed.getvalue()


def table(*rows):
    cell = "<w:tc>{}<w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    written = "".join("<w:tr>" + "".join(cell.format(*each) for each in row) + "</w:tr>" for row in rows)
    return f"<w:document {W}><w:body><w:tbl><w:tblGrid><w:gridCol/></w:tblGrid>{written}</w:tbl></w:body></w:document>"


@pytest.mark.parametrize("document", [f"<w:document {W}/>", "<a/>", "no XML at all"])
def test_a_docx_without_a_body_is_damaged(document):
    with pytest.raises(Unreadable, match="damaged"):
        read_file(docx(document))


def test_a_cell_that_spans_millions_of_columns_is_one_cell():
    span = '<w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>'
    (page,) = read_file(docx(table([(span, "naproxen"), ("", "failed")]))).pages
    assert page.text.split() == ["naproxen", "failed"]


def test_a_cell_merged_over_thousands_of_rows_is_read_row_by_row():
    merged = "<w:tcPr><w:vMerge/></w:tcPr>"
    read = read_file(docx(table(*([(merged, f"row{number}")] for number in range(3000)))))
    assert sum(len(page.text.split()) for page in read.pages) == 3000


def test_a_docx_reads_no_file_of_the_server():
    entity = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    document = f"{entity}<w:document {W}><w:body><w:p><w:r><w:t>A note: &e;</w:t></w:r></w:p></w:body></w:document>"
    (page,) = read_file(docx(document)).pages
    assert page.text.split() == ["A", "note:"]


# ---- what is sent out as it was shown, and what is another case's ---------------------------------------------------------------
def test_a_letter_that_was_not_shown_is_not_issued(signed_in, frozen):
    case = case_at("decided")
    answer = signed_in("letters").post(reverse("letters-issue", args=[case.reference]), {"letter": "decision-member"})
    assert (answer.status_code, case.letters.count()) == (409, 0)


@pytest.mark.parametrize("name", ["letter", "letter-pdf", "document", "document-file", "information-received"])
def test_what_is_another_cases_is_not_found(signed_in, frozen, name):
    """By its number, under the address of a case that one may read."""
    client = signed_in("nurse", "letters")
    asked, other = letter_cases.asked(letter_cases.ready("a")), founding_case("b")
    (letter, *_) = prepare_letters(case_id=asked.pk, by=user("nurse"))
    issue_letter(letter_id=letter.pk, by=user("nurse"))
    number = {"letter": letter.pk, "document": asked.documents.get().pk, "information": asked.requests.get().pk}[name.split("-")[0]]
    assert client.get(reverse(name, args=[asked.reference, number])).status_code == 200
    assert client.get(reverse(name, args=[other.reference, number])).status_code == 404


# ---- words to look for ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["a" * 100_000, "a " * 3000, "%_\\'--"])
def test_searches_take_whatever_is_typed(signed_in, frozen, text):
    ready()
    client = signed_in("nurse", "admin")
    for name, query in (("cases", "q"), ("intake-members", "member_q"), ("intake-diagnoses", "q")):
        assert (name, client.get(reverse(name), {query: text}).status_code) == (name, 200)
    for code_set in ("procedure", "diagnosis"):
        assert client.get(reverse("codes", args=[code_set]), {"q": text}).status_code == 200
    assert client.post(reverse("intake-new"), {"find-member": "1", "member_q": text}).status_code == 200


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
@pytest.mark.parametrize("button", ["save", "find-member", "route"])
def test_a_request_is_not_received_in_another_age(signed_in, frozen, moment, button):
    ready()
    late = {"received_at": moment, "received_reason": "It lay on a desk.", "member_q": "Avery"}
    answer = signed_in("intake").post(reverse("intake-new"), FORM | late | {button: "1"})
    assert answer.status_code == {"save": 302, "find-member": 200, "route": 422}[button]
    years = [case.received_at.year for case in Case.objects.all()]
    assert years == ([] if button == "find-member" else [2026])


# ---- a request for information, sent twice or empty -----------------------------------------------------------------------------
def _own_item(line, **more):
    return {"item-TOTAL_FORMS": "0", "item-INITIAL_FORMS": "0", "own-en": "The note.", "own-line": line, "answer_by": "2026-03-20", **more}


def test_the_same_request_sent_twice_asks_once(signed_in, frozen):
    case = letter_cases.ready("a")
    page = reverse("information-request", args=[case.reference])
    client = signed_in("nurse")
    assert client.post(page, _own_item(1, send="1")).status_code == 302
    again = client.post(page, _own_item(1, send="1"))
    assert (again.status_code, "asked for on line 1 today already" in again.content.decode()) == (409, True)
    assert (case.requests.count(), case.letters.count()) == (1, 2)
    frozen.shift(timedelta(days=1))
    assert client.post(page, _own_item(1, send="1")).status_code == 302  # a reminder on another day


def test_the_same_words_about_another_line_make_letters_of_their_own(signed_in, frozen):
    """Two requests of one day whose notices to the member read alike."""
    case = letter_cases.ready("a")
    case.lines.filter(number__in=[2, 3]).update(code="64405")
    page = reverse("information-request", args=[case.reference])
    client = signed_in("nurse")
    for line in (2, 3):
        assert client.post(page, _own_item(line, send="1")).status_code == 302
    assert (case.requests.count(), case.letters.filter(status="issued").count()) == (2, 4)


@pytest.mark.parametrize("name", ["information-request", "information-foreseen"])
def test_an_empty_request_is_no_error(signed_in, frozen, name):
    case = founding_case("a")
    answer = signed_in("nurse").post(reverse(name, args=[case.reference]))
    assert answer.status_code == (422 if name == "information-request" else 200)


def test_a_line_that_does_not_wait_is_not_taken_back(signed_in, frozen):
    case = letter_cases.asked(letter_cases.ready("a"))
    page = reverse("information-received", args=[case.reference, case.requests.get().pk])
    events = case.events.count()
    typed = {"item-TOTAL_FORMS": "0", "item-INITIAL_FORMS": "0", "take_back": "99"}
    answer = signed_in("nurse").post(page, typed)
    assert (answer.status_code, "Line 99 does not wait" in answer.content.decode(), case.events.count()) == (409, True, events)


# ---- drafts of policies that lack what every policy has -------------------------------------------------------------------------
def test_a_next_version_begins_from_a_draft_without_a_title(signed_in):
    client = signed_in("policy_editor", is_staff=True)
    draft = new_draft(document={"policy": "joint-shots", "version": "1"}, by=user("policy_editor"))
    page = client.get(reverse("admin:criteria_policyversion_start"), {"from": draft.pk})
    assert (page.status_code, "joint-shots" in page.content.decode()) == (200, True)


def test_a_retirement_far_away_is_a_slip_of_the_hand(signed_in):
    """It cannot be taken back, and would leave the version in force for good."""
    (version, *_) = publish_shipped(editor=user("policy_editor"), approver=user("policy_approver"))
    with pytest.raises(Incomplete, match="Check the year"):
        retire(version_id=version.pk, by=user("policy_approver"), last_day=date(9999, 12, 31))


@pytest.mark.parametrize("role", ["auditor", "admin", "policy_approver"])
def test_who_writes_no_policies_is_told_so_whatever_the_operation(signed_in, role):
    client = signed_in(role, is_staff=True)
    (version, *_) = publish_shipped(editor=user("policy_editor"), approver=user("policy_approver"))
    do = reverse("admin:criteria_policyversion_editor_do", args=[version.pk])
    for name in ("delete", "undo", "expect"):
        assert client.post(do, {"op": name, "at": "rules[0]", "revision": version.revision}).status_code == 403


# ---- days that no paper and no code has -----------------------------------------------------------------------------------------
def test_a_paper_of_another_age_is_not_attached(signed_in, frozen):
    case = founding_case("a")
    paper = {"uploads": SimpleUploadedFile("note.txt", b"A note."), "kind": "clinical_note", "date": "0001-01-01"}
    answer = signed_in("nurse").post(reverse("documents", args=[case.reference]), paper)
    assert (answer.status_code, "before 1900" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_release_of_codes_of_another_age_is_not_read(signed_in, day):
    """A whole release ends the codes that it lacks on the day before: there is none before the first of all days."""
    said = {
        "code_set": "procedure",
        "is_whole": "yes",
        "effective_from": day,
        "file": SimpleUploadedFile("c.csv", b"code,text\n64999,Other\n"),
    }
    answer = signed_in("admin").post(reverse("code-import"), said)
    assert (answer.status_code, "Check the year" in answer.content.decode()) == (422, True)


# ---- a batch that was recorded meanwhile ----------------------------------------------------------------------------------------
def test_a_letter_that_went_out_is_in_no_batch(frozen):
    """The page offered it to two people; the second is told, and nothing of theirs is recorded."""
    case = letter_cases.asked(letter_cases.ready("a"))
    issued = [issue_letter(letter_id=each.pk, by=user("nurse")) for each in prepare_letters(case_id=case.pk, by=user("nurse"))]
    batch = {"letter_ids": [each.pk for each in issued], "channel": "mail", "by": user("letters")}
    record_deliveries(**{**batch, "letter_ids": [issued[0].pk]})
    with pytest.raises(Conflict, match="recorded as sent meanwhile"):
        record_deliveries(**batch)
    assert [each.deliveries.count() for each in issued] == [1, 0]
