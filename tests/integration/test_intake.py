"""Taking a request in: the form that loses nothing, drafts, routing, duplicates; and the same through the actions alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from authreview.errors import Conflict, Denied, Incomplete
from authreview.origin import set_origin
from cases.actions.intake import mark_duplicate, no_review_needed, route_case, save_draft, start_case, take_in
from cases.enums import LineStatus
from cases.forms.typed import add_row, nothing_typed, remove_row, remove_site, rows_of
from cases.intake_data import DiagnosisData, LineData, PractitionerData, SiteData, TreatmentData
from cases.models import Case, ClockEntry, Diagnosis, DiagnosisCode, Member, Onset, Practitioner, ServiceLine, Site, Treatment
from tests.conftest import TODAY
from tests.factories import plans, user
from tests.intakes import FORM, REQUEST, days, ready, routed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
HTMX = {"HX-Request": "true"}
NEW = "/cases/new/"


@pytest.fixture
def intake(client):
    ready()
    client.force_login(user("intake"))
    return user("intake")


def shown(response, name):
    """What a field of the page shows."""
    forms = response.context["forms"]
    for form in [forms.main, *forms.diagnoses.forms, *forms.lines.forms, *forms.treatments.forms]:
        for field in form:
            if field.html_name == name:
                return field.value()
    raise AssertionError(f"no field {name}")


def send(client, more=None, *, without=(), **options):
    form = {**FORM, **(more or {})}
    return client.post(NEW, {name: text for name, text in form.items() if name not in without}, **options)


def errors(response):
    forms = response.context["forms"]
    every = [forms.main, *forms.diagnoses.forms, *forms.lines.forms, *forms.treatments.forms]
    return {form.add_prefix(name): list(messages) for form in every for name, messages in form.errors.items()}


class TestRouting:
    def test_works(self, client, intake):
        response = send(client, {"route": "1", "onset": "8/10/25", "eligibility_seen": "on"})
        case = Case.objects.get()
        assert (response.status_code, response["Location"]) == (302, f"/cases/{case.reference}/")
        assert (case.status, case.member.name, case.requester.name, case.draft) == ("open", "Avery Sample", "Jordan Example", None)
        assert (case.received_at, case.entered_at, case.line_of_business, case.state) == (TODAY, TODAY, "commercial", "OH")
        assert (case.member.eligibility_seen_by, case.member.eligibility_seen_at) == (intake, TODAY)
        assert [(line.code, line.units, line.first_service) for line in case.lines.all()] == [("20553", 1, date(2026, 3, 16))]
        assert [(site.name, site.side) for site in Site.objects.all()] == [("trapezius", "left")]
        assert [(onset.value, onset.confirmed) for onset in Onset.objects.all()] == [("2025-08-10", False)]
        assert [(each.code, each.confirmed) for each in Diagnosis.objects.all()] == [("M79.18", False)]
        assert [event.kind for event in case.events.all()] == ["started", "routed"]
        assert [(item.queue, item.due_at) for item in case.work.all()] == [("nurse", case.lines.get().decide_by)]

    def test_works_without_htmx(self, client, intake):
        """Every step by plain buttons: the page comes back with what was typed, and in the end it is routed."""
        page = send(client, {"add-line": "1", "lines-0-units": "two"})
        assert page.status_code == 200
        assert (shown(page, "lines-0-units"), shown(page, "lines-1-units"), shown(page, "lines-1-first_service")) == (
            "two",
            "1",
            "2026-03-16",
        )
        assert Case.objects.count() == 0
        assert send(client, {"route": "1"}).status_code == 302

    @pytest.mark.parametrize("role", ["medical_director", "letters", "auditor", "admin", "policy_editor"])
    def test_needs_role(self, client, role):
        client.force_login(user(role))
        assert client.get(NEW).status_code == 403
        assert send(client, {"route": "1"}).status_code == 403
        assert client.post(reverse("intake-autosave"), FORM).status_code == 403
        for name in ("intake-members", "intake-diagnoses", "intake-services"):
            assert client.get(reverse(name)).status_code == 403
        assert Case.objects.count() == 0

    def test_rejects_wrong_status(self, client, intake):
        case = routed(1)
        assert client.get(reverse("intake", args=[case.reference]))["Location"] == f"/cases/{case.reference}/"
        send(client, {"route": "1", "draft": case.reference})
        assert case.lines.count() == 1
        with pytest.raises(Denied, match="has left intake"):
            save_draft(case_id=case.pk, draft={}, by=intake)
        with pytest.raises(Denied, match="has left intake"):
            route_case(case_id=case.pk, data=REQUEST, by=intake)

    def test_shows_errors(self, client, intake):
        wrong = {
            "requester_npi": "1234567890",
            "birth_date": "2031-01-01",
            "onset": "a couple months",
            "diagnoses-0-code": "neck",
            "lines-0-code": "2055",
            "lines-0-units": "0",
            "lines-0-last_service": "2026-03-01",
            "lines-0-diagnoses": "M54.2",
            "received_at": "2026-03-09T08:00",
            "route": "1",
        }
        response = send(client, wrong)
        assert response.status_code == 422
        assert errors(response) == {
            "requester_npi": ["This NPI does not pass its check digit: one of the digits is wrong, or two are swapped."],
            "birth_date": ["A birth date lies in the past."],
            "onset": ["Write the onset as a day, a month or a year: 2025-08-10, 2025-08 or 2025."],
            "received_reason": ["Say why the request was received before it was entered."],
            "diagnoses-0-code": ["An ICD-10-CM code reads like M54.2 or M79.18."],
            "lines-0-code": ["A procedure code has five characters: digits, or digits and capital letters."],
            "lines-0-units": ["Units are a whole number from 1 to 999."],
            "lines-0-last_service": ["The last day of service cannot be before the first."],
            "lines-0-diagnoses": ["M54.2 is not among the diagnoses of this request."],
        }
        assert {name: shown(response, name) for name in wrong if name != "route"} == {
            name: text for name, text in wrong.items() if name != "route"
        }
        for name in errors(response):
            assert f'href="#id_{name}"' in response.text
        assert Case.objects.get().status == "intake"
        assert ServiceLine.objects.count() == Member.objects.count() == 0

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"plan": "nobody"}, "plan"),
            ({"state": "XX"}, "state"),
            ({"channel": "pigeon"}, "channel"),
            ({"received_at": "2026-03-10T11:00"}, "received_at"),
            ({"received_reason": "fax"}, "received_at"),
            ({"facility_name": "Sample Clinic"}, "facility_npi"),
            ({"representative_address": "1 Road"}, "representative_name"),
            ({"joined_on": "2026-01-01", "left_on": "2025-01-01"}, "left_on"),
            ({"address": "\n".join("abcdefg")}, "address"),
            ({"lines-0-modifiers": "5O0"}, "lines-0-modifiers"),
            ({"lines-0-side_0": "left", "lines-0-site_0": ""}, "lines-0-site_0"),
            ({"lines-0-site_count": "2", "lines-0-site_1": "trapezius", "lines-0-side_1": "left"}, "lines-0-site_1"),
            ({"treatments-TOTAL_FORMS": "1", "treatments-0-agent": "naproxen"}, "treatments-0-kind"),
            (
                {
                    "treatments-TOTAL_FORMS": "1",
                    "treatments-0-kind": "nsaid",
                    "treatments-0-from_date": "2026-02-02",
                    "treatments-0-to_date": "2026-02-01",
                },
                "treatments-0-to_date",
            ),
        ],
    )
    def test_bad_input_has_its_sentence(self, client, intake, more, field):
        response = send(client, {**more, "route": "1"})
        assert (response.status_code, list(errors(response))) == (422, [field])

    @pytest.mark.parametrize("nothing", [{"diagnoses-TOTAL_FORMS": "x"}, {"lines-TOTAL_FORMS": "-1"}, {"lines-0-site_count": "a lot"}])
    def test_counts_that_are_none_lose_nothing(self, client, intake, nothing):
        response = send(client, {**nothing, "route": "1"})
        assert response.status_code in {302, 422}
        assert Case.objects.count() == 1

    @pytest.mark.parametrize("rows", [1, 3])
    def test_query_count(self, client, intake, rows, django_assert_num_queries):
        draft = nothing_typed()
        for _ in range(rows - 1):
            for prefix in ("lines", "diagnoses", "treatments"):
                add_row(draft, prefix)
        draft |= {f"lines-{number}-code": ["20553"] for number in range(rows)}
        draft |= {f"diagnoses-{number}-code": ["M79.18"] for number in range(rows)}
        case = start_case(by=intake, draft=draft)
        with django_assert_num_queries(11):
            client.get(reverse("intake", args=[case.reference]))


class TestNothingIsLost:
    def test_saves_a_draft_as_typed(self, client, intake):
        response = send(client, {"save": "1", "lines-0-units": "two", "birth_date": "soon"})
        case = Case.objects.get()
        assert (response.status_code, response["Location"]) == (302, f"/cases/{case.reference}/intake/")
        page = client.get(response["Location"])
        assert (shown(page, "lines-0-units"), shown(page, "birth_date"), shown(page, "lines-0-site_0")) == ("two", "soon", "trapezius")
        assert errors(page) == {}

    def test_saves_itself_quietly_once(self, client, intake):
        for name in ("Avery", "Averil"):
            response = client.post(reverse("intake-autosave"), {**FORM, "given_name": name}, headers=HTMX)
        case = Case.objects.get()
        assert case.draft["given_name"] == ["Averil"]
        assert response["HX-Replace-Url"] == f"/cases/{case.reference}/intake/"
        assert f'name="draft" value="{case.reference}"' in response.text
        assert [event.kind for event in case.events.all()] == ["started"]

    def test_a_draft_waits_by_its_receipt(self, client, intake):
        send(client, {"save": "1", "received_at": "2026-03-09T08:00", "received_reason": "fax of the evening"})
        case = Case.objects.get()
        assert (case.received_reason, TODAY - case.received_at) == ("fax of the evening", timedelta(hours=26))
        assert case.work.get().due_at - case.received_at == timedelta(hours=24)

    def test_a_section_alone_under_htmx(self, client, intake):
        fragment = send(client, {"add-diagnosis": "1"}, headers=HTMX)
        assert 'id="section-diagnoses"' in fragment.text
        assert 'name="diagnoses-1-code"' in fragment.text
        assert "section-lines" not in fragment.text
        page = send(client, {"add-diagnosis": "1"})
        assert [shown(page, f"diagnoses-{number}-code") for number in (0, 1)] == ["M79.18", None]

    def test_removes_a_row_and_moves_the_others_up(self, client, intake):
        two = {
            "lines-TOTAL_FORMS": "2",
            "lines-1-code": "64405",
            "lines-1-units": "9x",
            "lines-1-site_count": "1",
            "lines-1-site_0": "nerve",
        }
        page = send(client, {**two, "remove-line": "0"})
        forms = page.context["forms"].lines
        assert len(forms.forms) == 1
        assert [shown(page, f"lines-0-{name}") for name in ("code", "units", "site_0")] == ["64405", "9x", "nerve"]

    def test_the_last_row_is_emptied(self):
        typed = nothing_typed() | {"lines-0-code": ["20553"], "lines-0-units": ["4"]}
        remove_row(typed, "lines", 0)
        assert (rows_of(typed, "lines"), typed["lines-0-units"], "lines-0-code" in typed) == (1, ["1"], False)

    def test_sites_add_and_remove(self, client, intake):
        page = send(client, {"add-site": "0"})
        assert (shown(page, "lines-0-site_0"), shown(page, "lines-0-site_1")) == ("trapezius", None)
        typed = {"lines-0-site_count": ["3"]} | {f"lines-0-site_{number}": [name] for number, name in enumerate("abc")}
        remove_site(typed, 0, 1)
        assert (typed["lines-0-site_count"], typed["lines-0-site_0"], typed["lines-0-site_1"]) == (["2"], ["a"], ["c"])

    def test_what_no_database_keeps_is_left_out(self, client, intake):
        send(client, {"save": "1", "given_name": "A\0very", "draft_key": "\0"})
        assert Case.objects.get().draft["given_name"] == ["Avery"]
        assert client.get("/cases/%00/intake/").status_code == 404
        for name, field in (("members", "member_q"), ("diagnoses", "q"), ("services", "q")):
            assert client.get(reverse(f"intake-{name}"), {field: "\0a\0b"}).status_code == 200

    def test_rows_have_an_end(self):
        typed = nothing_typed()
        for _ in range(100):
            add_row(typed, "treatments")
        assert rows_of(typed, "treatments") == 40

    def test_files_are_kept_although_the_rest_is_wrong(self, client, intake):
        file = SimpleUploadedFile("note.txt", b"Office visit. Trigger points.", "text/plain")
        response = send(client, {"route": "1", "lines-0-units": "0", "documents-uploads": file, "documents-kind": "clinical_note"})
        assert response.status_code == 422
        case = Case.objects.get()
        assert [document.title for document in case.documents.all()] == ["note"]
        assert "note" in response.text

    def test_a_file_that_cannot_be_read_says_so_and_loses_nothing(self, client, intake):
        file = SimpleUploadedFile("virus.exe", b"MZ\x90\x00" * 50, "application/pdf")
        response = send(client, {"attach": "1", "documents-uploads": file, "documents-kind": "clinical_note"})
        assert response.status_code == 422
        assert "virus.exe: " in response.text
        assert shown(response, "lines-0-site_0") == "trapezius"
        assert Case.objects.get().draft["lines-0-site_0"] == ["trapezius"]


class TestLookingUp:
    def test_a_member_fills_in(self, client, intake):
        member = routed(7).member
        found = client.get(reverse("intake-members"), {"member_q": "aver"})
        assert f'value="{member.pk}"' in found.text
        page = send(client, {"pick-member": str(member.pk)})
        assert (shown(page, "member_id"), shown(page, "lines-0-code")) == ("SHP-000007", "20553")
        assert "On file: Avery Sample" in page.text
        page = send(client, {"find-member": "1", "member_q": "SHP-000007"})
        assert "born 1 May 1980" in page.text

    def test_a_practitioner_fills_in_what_is_empty(self, client, intake):
        routed(7)
        page = send(client, {"find-requester": "1", "requester_name": "", "requester_phone": "1-800"})
        assert (shown(page, "requester_name"), shown(page, "requester_phone")) == ("Jordan Example", "1-800")
        page = send(client, {"find-requester": "1", "requester_npi": "1234567890"})
        assert "does not pass its check digit" in page.text

    def test_diagnoses(self, client, intake):
        rows = [("M54.2", "Cervicalgia"), ("M54.81", "Occipital neuralgia"), ("R51.9", "Headache, unspecified")]
        DiagnosisCode.objects.bulk_create(DiagnosisCode(code=code, text=text, effective_from=date(2025, 10, 1)) for code, text in rows)

        def found(text):
            return [each.code for each in client.get(reverse("intake-diagnoses"), {"diagnoses-0-code": text}).context["found"]]

        assert found("m54") == ["M54.2", "M54.81"]
        assert found("M5481") == ["M54.81"]
        assert found("neuralgia occip") == ["M54.81"]
        assert found("x") == []
        page = send(client, {"search-diagnosis": "0", "diagnoses-0-code": "headache"})
        assert 'value="0:R51.9"' in page.text
        page = send(client, {"pick-diagnosis": "0:R51.9"})
        assert (shown(page, "diagnoses-0-code"), shown(page, "diagnoses-0-text")) == ("R51.9", "Headache, unspecified")
        response = send(client, {"route": "1"})
        assert errors(response) == {"diagnoses-0-code": ["ICD-10-CM has no such code that can be billed."]}
        send(client, {"route": "1", "diagnoses-0-code": "m542", "diagnoses-0-text": ""})
        assert Diagnosis.objects.get().text == "Cervicalgia"

    def test_procedure_codes(self, client, intake):
        def hint(code):
            return client.get(reverse("intake-services"), {"lines-0-code": code}).text

        assert "Trigger point injections; at most 1 a day; 3 or more sites." in hint("20553")
        assert "Not in our list: it can be routed, and no policy may name it." in hint("9999x")
        assert hint("") == ""
        send(client, {"route": "1", "lines-0-code": "9999x"})
        line = ServiceLine.objects.get()
        assert (line.code, line.policy_version) == ("9999X", None)
        assert "No policy" in line.pinned_why


class TestDuplicates:
    def test_warns_and_goes_on(self, client, intake):
        other = routed(101)
        saved = client.post(reverse("intake-autosave"), FORM, headers=HTMX)
        assert other.reference in saved.text
        first = send(client, {"route": "1", "draft": Case.objects.get(status="intake").reference})
        assert first.status_code == 422
        assert "Another request may be the same." in first.text
        again = send(client, {"route": "1", "draft": first.context["case"].reference, "duplicates_seen": other.reference})
        assert again.status_code == 302
        assert Case.objects.filter(status="open").count() == 2

    @pytest.mark.parametrize(
        ("more", "repeats"),
        [
            ({}, True),
            ({"lines-0-first_service": ""}, True),
            ({"lines-0-code": "64405"}, False),
            ({"member_id": "SHP-000102"}, False),
            ({"plan": "ahh"}, False),
            ({"lines-0-first_service": "2026-03-17"}, False),
            ({"lines-0-first_service": "2026-03-10", "lines-0-last_service": "2026-03-16"}, True),
        ],
    )
    def test_same_member_code_and_days(self, client, intake, more, repeats):
        routed(101)
        response = send(client, {**more, "add-line": "1"})
        assert bool(response.context["repeats"]) is repeats

    @pytest.mark.parametrize(("ago", "repeats"), [(30, True), (31, False)])
    def test_within_thirty_days(self, client, intake, ago, repeats):
        routed(101, at=TODAY - days(ago))
        assert bool(send(client, {"add-line": "1"}).context["repeats"]) is repeats

    def test_closes_the_draft_as_duplicate(self, client, intake):
        other = routed(101)
        response = send(client, {"mark-duplicate": other.reference})
        draft = Case.objects.exclude(pk=other.pk).get()
        assert response["Location"] == f"/cases/{other.reference}/"
        assert (draft.status, draft.duplicate_of, draft.work.count()) == ("duplicate", other, 0)
        assert draft.events.last().kind == "marked_duplicate"

    def test_of_a_case_that_is_reviewed(self, intake):
        draft, other = start_case(by=intake), start_case(by=intake)
        for of in (other.pk, draft.pk, 0):
            with pytest.raises(Conflict):
                mark_duplicate(case_id=draft.pk, of_id=of, by=intake)


class TestActions:
    def test_takes_in_a_whole_request(self, intake):
        set_origin("test")
        data = replace(
            REQUEST,
            facility=PractitionerData(npi="1245319599", name="Sample Clinic"),
            received_at=TODAY - days(2),
            received_reason="came by fax in the evening",
            diagnoses=(*REQUEST.diagnoses, DiagnosisData(code="M54.81", text="occipital neuralgia", certainty="possible")),
            lines=(
                replace(REQUEST.lines[0], diagnoses=("M79.18",), onset="2025-08"),
                LineData(code="64405", units=2, sites=(SiteData("greater occipital nerve"),)),
            ),
            onset="2025",
            treatments=(TreatmentData(kind="nsaid", agent="naproxen", response="failed"),),
        )
        case = take_in(data=data, by=intake)
        assert (case.received_at, case.entered_at, case.received_reason) == (TODAY - days(2), TODAY, "came by fax in the evening")
        assert case.facility.facility
        assert not case.requester.facility
        assert [sorted(each.code for each in line.diagnoses.all()) for line in case.lines.all()] == [["M79.18"], ["M54.81", "M79.18"]]
        assert [(onset.line and onset.line.number, onset.value) for onset in Onset.objects.order_by("id")] == [
            (None, "2025"),
            (1, "2025-08"),
        ]
        assert [(each.kind, each.agent, each.response, each.stated_by) for each in Treatment.objects.all()] == [
            ("nsaid", "naproxen", "failed", intake)
        ]
        assert [(entry.kind, entry.at, entry.recorded_at) for entry in ClockEntry.objects.all()] == [("received", TODAY - days(2), TODAY)]
        assert case.lines.get(number=2).as_received == (
            '{"code":"64405","diagnoses":[],"first_service":null,"last_service":null,"modifiers":"","number":2,"onset":"",'
            '"place":"","sites":[{"name":"greater occipital nerve","side":""}],"units":2}'
        )

    def test_half_a_request_leaves_nothing(self, intake):
        data = replace(REQUEST, lines=(*REQUEST.lines, LineData(code="X", units=0)))
        with pytest.raises(Incomplete) as refused:
            take_in(data=data, by=intake)
        assert [problem.label for problem in refused.value.problems] == ["Line 2", "Line 2"]
        assert Case.objects.count() == Member.objects.count() == 0

    @pytest.mark.parametrize(
        "change",
        [
            {"plan": "nobody"},
            {"lines": ()},
            {"diagnoses": ()},
            {"diagnoses": REQUEST.diagnoses * 2},
            {"received_at": TODAY + days(1)},
            {"received_at": TODAY - days(1)},
            {"received_reason": "for nothing"},
            {"urgency": "soon"},
            {"onset": "a while"},
            {"requester": PractitionerData(npi="1234567890", name="Nobody")},
        ],
    )
    def test_refuses(self, intake, change):
        with pytest.raises(Incomplete):
            take_in(data=replace(REQUEST, **change), by=intake)
        assert Case.objects.count() == 0

    def test_another_birth_date_is_another_member(self, intake):
        routed(101)
        with pytest.raises(Incomplete, match="could not be matched"):
            take_in(data=replace(REQUEST, member=replace(REQUEST.member, birth_date=date(1980, 5, 2))), by=intake)

    def test_people_on_file_are_brought_up_to_date(self, intake):
        routed(101, member=replace(REQUEST.member, address=("1 Road", "Sampletown")))
        case = take_in(
            data=replace(
                REQUEST, member=replace(REQUEST.member, family_name="Newname"), requester=replace(REQUEST.requester, phone="555-0199")
            ),
            by=intake,
        )
        assert Member.objects.get().family_name == "Newname"
        assert Member.objects.get().address == ["1 Road", "Sampletown"]
        assert Practitioner.objects.get().phone == "555-0199"
        assert '"family_name":["Sample","Newname"]' in case.events.last().payload

    def test_no_review_needed(self, intake):
        case = routed(101, lines=(*REQUEST.lines, replace(REQUEST.lines[0], code="64405", no_review_why="Not on the list.")))
        first, second = case.lines.all()
        assert (first.status, second.status, second.ended_why) == (LineStatus.NURSE_REVIEW, LineStatus.NO_REVIEW_NEEDED, "Not on the list.")
        with pytest.raises(Incomplete):
            no_review_needed(case_id=case.pk, lines=[1], why=" ", by=intake)
        with pytest.raises(Conflict):
            no_review_needed(case_id=case.pk, lines=[3], why="x", by=intake)
        with pytest.raises(Denied):
            no_review_needed(case_id=case.pk, lines=[1], why="x", by=user("letters"))
        closed = no_review_needed(case_id=case.pk, lines=[1], why="Not on the list.", by=intake)
        assert (closed.status, closed.work.count()) == ("closed", 0)

    def test_without_a_turnaround_rule_it_is_due_at_once(self):
        plans()
        case = take_in(data=REQUEST, by=user("intake"))
        line = case.lines.get()
        assert (line.decide_by, case.work.get().due_at) == (None, case.received_at)
        assert "No turnaround rule covers this request" in line.clock
