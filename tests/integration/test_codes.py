"""The code sets: a file is previewed and imported whole or not at all; a code's wording is closed and followed."""

import csv
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authreview.canonical import sha256
from authreview.errors import Conflict, Denied, Incomplete
from cases import permissions
from cases.actions.codes import ServiceWording, end_code, import_codes, keep_file, write_code
from cases.code_files import Release
from cases.enums import CodeSet
from cases.models import CodeImport, DiagnosisCode, ServiceCode
from cases.queries.codes import planned, service_versions, services_begun, standing, stored_file
from cases.queries.intake import diagnosis_texts
from tests.factories import user
from tests.integration.test_concurrency import at_once
from tests.small_policies import published, small

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "own_store")]
SINCE, OCTOBER = date(2025, 10, 1), date(2026, 10, 1)
LAST = date(2026, 9, 30)
FAR, FARTHER = date(2099, 1, 1), date(2099, 7, 1)  # to come by the database's clock too, which is not frozen
RELEASE = Release(CodeSet.DIAGNOSIS, OCTOBER)
FILE = b"code,text\nM54.2,Cervicalgia\nM54.81,Neuralgia of the back of the head\nR51.9,New\n"
HTMX = {"HX-Request": "true"}
LAY = {"en": "shots at the back of the head", "es": "inyecciones en la nuca"}


@pytest.fixture
def admin():
    return user("admin", first_name="Ada")


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    client.get(reverse("code-sets"))  # the session's first request writes it
    return client


@pytest.fixture
def diagnoses():
    rows = [("M54.2", "Cervicalgia"), ("M54.81", "Occipital neuralgia"), ("M54.6", "Pain in thoracic spine")]
    DiagnosisCode.objects.bulk_create(DiagnosisCode(code=code, text=text, effective_from=SINCE) for code, text in rows)


@pytest.fixture
def service():
    return ServiceCode.objects.create(
        code="64405", name="Occipital block", lay_name=LAY, effective_from=date(2020, 1, 1), max_units_per_day=1, per_side=True
    )


def stored(admin, data=FILE):
    return keep_file(data=data, by=admin)


def imported(admin, data=FILE, release=RELEASE, **changed):
    name = stored(admin, data)
    asked = {"file_sha256": name, "filename": "codes.csv", "release": release, "ends_meant": False, "by": admin}
    digest = planned(stored_file(name, release), release, date(2026, 3, 10)).digest
    return import_codes(**(asked | {"digest": digest} | changed))


def kept(model=DiagnosisCode, text="text"):
    return list(model.objects.order_by("code", "effective_from").values_list("code", text, "effective_from", "effective_until"))


def wording(**changed):
    said = {"name": "Occipital block", "lay_name": LAY, "max_units_per_day": 1, "per_side": True, "min_sites": None, "max_sites": None}
    return ServiceWording(**(said | changed))


BEFORE = [
    ("M54.2", "Cervicalgia", SINCE, None),
    ("M54.6", "Pain in thoracic spine", SINCE, None),
    ("M54.81", "Occipital neuralgia", SINCE, None),
]
AFTER = [
    ("M54.2", "Cervicalgia", SINCE, None),
    ("M54.6", "Pain in thoracic spine", SINCE, LAST),
    ("M54.81", "Occipital neuralgia", SINCE, LAST),
    ("M54.81", "Neuralgia of the back of the head", OCTOBER, None),
    ("R51.9", "New", OCTOBER, None),
]


@pytest.mark.postgres
@pytest.mark.usefixtures("diagnoses")
class TestImport:
    def test_works(self, admin):
        done = imported(admin)
        assert kept() == AFTER
        assert (done.added, done.reworded, done.extended, done.ended, done.withdrawn, done.unchanged) == (1, 1, 0, 1, 0, 1)
        assert (done.file_sha256, done.filename, done.size_bytes, done.encoding, done.imported_by) == (
            sha256(FILE),
            "codes.csv",
            len(FILE),
            "UTF-8",
            admin,
        )

    def test_the_same_file_again_changes_nothing(self, admin):
        first = imported(admin)
        again = imported(admin, digest="of the first preview")
        assert (again, CodeImport.objects.count(), kept()) == (first, 1, AFTER)

    def test_changes_nothing_at_all(self, admin):
        with pytest.raises(Conflict, match=r"This file changes nothing\."):
            imported(admin, b"code,text\nM54.2,Cervicalgia\n", Release(CodeSet.DIAGNOSIS, OCTOBER, None, False))
        assert CodeImport.objects.count() == 0

    def test_needs_role(self, admin):
        name = stored(admin)
        for role in ("nurse", "policy_editor", "auditor", "supervisor"):
            with pytest.raises(Denied, match=permissions.NOT_CODES):
                import_codes(file_sha256=name, filename="", release=RELEASE, digest="", ends_meant=True, by=user(role))
            with pytest.raises(Denied, match=permissions.NOT_CODES):
                keep_file(data=FILE, by=user(role))

    def test_one_error_and_nothing_is_imported(self, admin):
        with pytest.raises(Incomplete, match="This file has errors") as refused:
            imported(admin, FILE + b"?,x\n")
        assert [(each.label, each.message) for each in refused.value.problems] == [
            ("Row 5, code", "An ICD-10-CM code reads like M54.2 or M79.18.")
        ]
        assert (kept(), CodeImport.objects.count()) == (BEFORE, 0)

    def test_a_failure_in_the_middle_leaves_nothing(self, admin):
        """The history row comes last; where it cannot be written, the codes are as they were."""
        with pytest.raises(TypeError):
            imported(admin, filename=None)
        assert (kept(), CodeImport.objects.count()) == (BEFORE, 0)

    def test_codes_changed_since_the_preview(self, admin):
        name = stored(admin)
        digest = planned(stored_file(name, RELEASE), RELEASE, date(2026, 3, 10)).digest
        DiagnosisCode.objects.create(code="Z00.0", text="Came in between", effective_from=SINCE)
        with pytest.raises(Conflict, match="The codes have changed since this preview was made"):
            imported(admin, digest=digest)
        assert CodeImport.objects.count() == 0

    def test_many_endings_are_said_to_be_meant(self, admin):
        DiagnosisCode.objects.bulk_create(DiagnosisCode(code=f"A0{n}", text="x", effective_from=SINCE) for n in range(11 + 1))
        with pytest.raises(Incomplete, match="Many codes would end"):
            imported(admin)
        assert imported(admin, ends_meant=True).ended == 13

    def test_a_file_that_is_gone(self, admin):
        with pytest.raises(Conflict, match="not kept any more"):
            import_codes(file_sha256="0" * 64, filename="", release=RELEASE, digest="", ends_meant=True, by=admin)

    def test_before_its_first_day_a_release_is_taken_back(self, admin):
        early = Release(CodeSet.DIAGNOSIS, FAR)
        imported(admin, b"code,text\nM54.2,Wrong\nM54.6,Pain in thoracic spine\nM54.81,Occipital neuralgia\nR51.9,Too early\n", early)
        done = imported(admin, b"code,text\nM54.2,Right\nM54.6,Pain in thoracic spine\nM54.81,Occipital neuralgia\n", early)
        assert (done.reworded, done.withdrawn) == (1, 1)
        assert kept() == [("M54.2", "Cervicalgia", SINCE, date(2098, 12, 31)), ("M54.2", "Right", FAR, None), *BEFORE[1:]]

    def test_readers_go_by_the_day(self, admin, frozen):
        """Imported ahead, a release changes nothing before its first day."""
        imported(admin)
        assert diagnosis_texts(["M54.6", "M54.81", "R51.9"]) == {"M54.6": "Pain in thoracic spine", "M54.81": "Occipital neuralgia"}
        frozen.move_to("2026-10-01 12:00-04:00")
        assert diagnosis_texts(["M54.6", "M54.81", "R51.9"]) == {"M54.81": "Neuralgia of the back of the head", "R51.9": "New"}


@pytest.mark.postgres
class TestProcedures:
    RELEASE = Release(CodeSet.PROCEDURE, date(2027, 1, 1), None, False)

    def test_a_licensed_table_keeps_our_words(self, admin, service):
        imported(admin, b"CPT code;Descriptor\n64405;A licensed descriptor\n64999;Another one\n", self.RELEASE)
        old, new, other = ServiceCode.objects.order_by("code", "effective_from")
        assert (old.effective_until, old.descriptor, old.ended_by) == (date(2026, 12, 31), "", admin)
        assert (new.descriptor, new.name, new.lay_name, new.max_units_per_day, new.per_side, new.changed_by) == (
            "A licensed descriptor",
            "Occipital block",
            LAY,
            1,
            True,
            admin,
        )
        assert (other.name, other.descriptor, other.lay_name) == ("Another one", "Another one", {})

    def test_a_line_outlives_its_code(self, service, frozen):
        ServiceCode.objects.filter(pk=service.pk).update(effective_until=date(2026, 1, 1))
        assert services_begun({"64405", "99999"}) == {"64405": service}


@pytest.mark.postgres
class TestWording:
    def write(self, admin, **changed):
        asked = {"code": "64405", "wording": wording(max_units_per_day=2), "effective_from": OCTOBER, "by": admin}
        return write_code(**(asked | {"shown": standing(service_versions("64405"))} | changed))

    def test_works(self, admin, service):
        new = self.write(admin)
        service.refresh_from_db()
        assert (service.max_units_per_day, service.effective_until, service.ended_by) == (1, LAST, admin)
        assert (new.max_units_per_day, new.effective_from, new.effective_until, new.changed_by) == (2, OCTOBER, None, admin)

    def test_unchanged_wording_writes_nothing(self, admin, service):
        assert (self.write(admin, wording=wording()), ServiceCode.objects.count()) == (service, 1)

    def test_what_is_to_come_is_replaced(self, admin, service):
        first = self.write(admin, effective_from=FAR)
        second = self.write(admin, effective_from=FAR, wording=wording(max_units_per_day=3))
        assert (second, second.max_units_per_day, ServiceCode.objects.count()) == (first, 3, 2)

    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            (
                {"effective_from": date(2020, 1, 1)},
                "The version from 2020-01-01 is in use, so it is followed, not changed. Start on a later day.",
            ),
            ({"effective_from": date(2019, 1, 1)}, "The latest version is in force from 2020-01-01. A new one starts after it."),
            ({"wording": wording(name=" ")}, "A code has a name for reviewers."),
            ({"wording": wording(lay_name={"es": "x"})}, "Letters need words for this service."),
            ({"wording": wording(min_sites=3, max_sites=2)}, "The most sites cannot be fewer than the fewest."),
        ],
    )
    def test_shows_errors(self, admin, service, changed, told):
        with pytest.raises(Incomplete, match=re.escape(told)):
            self.write(admin, **changed)
        assert ServiceCode.objects.count() == 1

    def test_two_people_at_one_code(self, admin, service):
        shown = standing(service_versions("64405"))
        self.write(admin)
        with pytest.raises(Conflict, match="Somebody has changed this code"):
            self.write(admin, shown=shown, effective_from=FARTHER)

    def test_last_day(self, admin, service):
        ended = end_code(code="64405", last_day=LAST, shown=standing([service]), by=admin)
        assert (ended.effective_until, ended.ended_by) == (LAST, admin)
        with pytest.raises(Incomplete, match=r"The last day is 2026-03-10 or later\."):
            end_code(code="64405", last_day=date(2026, 3, 9), shown=standing([ended]), by=admin)
        assert end_code(code="64405", last_day=None, shown=standing([ended]), by=admin).effective_until is None

    def test_needs_role(self, service):
        with pytest.raises(Denied, match=permissions.NOT_CODES):
            self.write(user("policy_editor"))
        with pytest.raises(Denied, match=permissions.NOT_CODES):
            end_code(code="64405", last_day=LAST, shown=standing([service]), by=user("nurse"))


@pytest.mark.postgres
class TestDatabase:
    def refused(self, act):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    def test_a_code_in_use_is_frozen(self, diagnoses, service):
        self.refused(lambda: DiagnosisCode.objects.filter(code="M54.2").update(text="other"))
        self.refused(lambda: DiagnosisCode.objects.filter(code="M54.2").delete())
        self.refused(lambda: ServiceCode.objects.filter(pk=service.pk).update(max_units_per_day=9))
        assert (kept(), ServiceCode.objects.get().max_units_per_day) == (BEFORE, 1)

    def test_imports_are_history(self, diagnoses, admin):
        done = imported(admin)
        self.refused(lambda: CodeImport.objects.filter(pk=done.pk).update(added=0))
        self.refused(done.delete)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("diagnoses")
class TestTwoAtOnce:
    """Both looked at their preview before either imported."""

    def both(self, admin, *files):
        other = user("admin", username="other")
        names = [stored(admin, data) for data in files]
        today = date(2026, 3, 10)
        digests = [planned(stored_file(name, RELEASE), RELEASE, today).digest for name in names]

        def act(index):
            asked = {"file_sha256": names[index], "digest": digests[index], "by": [admin, other][index], "ends_meant": False}
            return import_codes(filename="codes.csv", release=RELEASE, **asked).pk

        return at_once(2, act)

    def test_the_same_file(self, admin):
        """It is imported once, and both are told of that import."""
        one, other = self.both(admin, FILE, FILE)
        assert (one, CodeImport.objects.get().pk, kept()) == (other, one, AFTER)

    def test_different_files(self, admin):
        """The second is told to look again, and nothing of it is imported."""
        answers = self.both(admin, FILE, FILE.replace(b"R51.9,New", b"G43.909,Migraine"))
        assert sorted(isinstance(answer, int) for answer in answers) == [False, True]
        assert "The codes have changed since this preview was made. Look at it again before you import." in answers
        added = DiagnosisCode.objects.filter(code__in=["R51.9", "G43.909"]).count()
        assert (CodeImport.objects.count(), added) == (1, 1)


# ---- pages ----------------------------------------------------------------------------------------------------------------------
def brought(**changed):
    said = {"code_set": "diagnosis", "is_whole": "yes", "effective_from": "2026-10-01", "effective_until": ""}
    return said | {"file": SimpleUploadedFile("icd10cm-2027.csv", FILE)} | changed


ADDRESSES = [
    ("code-sets", ()),
    ("code-import", ()),
    ("code-import-preview", ("token",)),
    ("code-import-changes", ("token",)),
    ("codes", ("procedure",)),
    ("code-new", ()),
    ("code-wording", ()),
    ("code", ("64405",)),
]


@pytest.mark.parametrize(("name", "values"), ADDRESSES)
def test_needs_role(client, name, values, service):
    for role in ("nurse", "policy_editor", "policy_approver", "auditor"):
        client.force_login(user(role))
        response = client.get(reverse(name, args=values))
        assert (response.status_code, permissions.NOT_CODES in response.content.decode()) == (403, True)


@pytest.mark.parametrize("name", ["code-import", "code-import-preview", "code-new", "code", "code-end"])
def test_needs_role_to_post(client, name, service):
    values = {"code-import-preview": ["token"], "code": ["64405"], "code-end": ["64405"]}.get(name, [])
    client.force_login(user("supervisor"))
    assert client.post(reverse(name, args=values), brought()).status_code == 403


@pytest.mark.usefixtures("diagnoses")
class TestImportPages:
    def preview(self, client, **changed):
        return client.post(reverse("code-import"), brought(**changed), follow=True)

    def test_works_without_htmx(self, as_admin, admin):
        response = self.preview(as_admin)
        assert response.status_code == 200
        assert [(group.title, group.count) for group in response.context["groups"]] == [("Changed wording", 1), ("Ended", 1), ("New", 1)]
        assert dict(response.context["facts"]) == {
            "File": "icd10cm-2027.csv",
            "Size": f"{len(FILE)} bytes",
            "Written in": "UTF-8",
            "Separated by": "comma",
            "Rows read": "3",
        }
        assert kept() == BEFORE
        address = response.redirect_chain[-1][0]
        done = as_admin.post(address, {"digest": response.context["plan"].digest}, follow=True)
        assert [str(message) for message in done.context["messages"]] == [
            "ICD-10-CM diagnoses from 1 Oct 2026 is imported: 1 new, 1 reworded, 1 ended."
        ]
        assert (kept(), [row.filename for row, _, _ in done.context["imports"]]) == (AFTER, ["icd10cm-2027.csv"])
        again = as_admin.post(address, {"digest": response.context["plan"].digest}, follow=True)
        assert [str(message) for message in again.context["messages"]] == [
            "ICD-10-CM diagnoses from 1 Oct 2026 was imported before. Nothing was changed."
        ]

    def test_nothing_to_change(self, as_admin, admin):
        imported(admin)
        response = self.preview(as_admin)
        assert response.context["why_not"] == "This file changes nothing: every code in it is in force with the same wording."
        assert b'name="digest"' not in response.content

    def test_shows_errors(self, as_admin):
        response = self.preview(as_admin, file=SimpleUploadedFile("a.csv", b"code,text\n" + b"?,x\n" * 10_000))
        body = response.content.decode()
        assert "10,000" in body
        assert "the first 200 are shown" in body
        assert body.count("An ICD-10-CM code reads like") == 200
        assert response.context["why_not"].startswith("10,000 errors: nothing of this file is imported until it has none.")
        refused = as_admin.post(response.redirect_chain[-1][0], {"digest": response.context["plan"].digest})
        assert (refused.status_code, kept()) == (422, BEFORE)

    @pytest.mark.parametrize(
        ("changed", "field", "told"),
        [
            ({"file": SimpleUploadedFile("a.csv", b"")}, "file", "This file is empty."),
            ({"file": ""}, "file", "Choose a file."),
            ({"file": SimpleUploadedFile("a.csv", b"%PDF-1.7")}, "file", "This is a PDF, whatever its name says. Save the table as CSV."),
            ({"file": SimpleUploadedFile("a.csv", b" " * 50 * 1024 * 1024)}, "file", "This file has 50.0 MB; the limit is 20 MB."),
            ({"file": SimpleUploadedFile("a.csv", b"code,text\n\0,x")}, "file", "Row 2 holds a NUL byte"),
            ({"file": SimpleUploadedFile("a.csv", b"a,b\n1,2")}, "file", "The header has no column named"),
            ({"file": SimpleUploadedFile("a.csv", b"code:text\n")}, "file", "The columns are not separated by"),
            ({"effective_until": "2026-09-30"}, "effective_until", "The last day is before the first."),
            ({"code_set": "everything"}, "code_set", "Select a valid choice."),
            ({"effective_from": "soon"}, "effective_from", "Enter a valid date."),
        ],
    )
    def test_shows_errors_at_the_field(self, as_admin, changed, field, told):
        response = as_admin.post(reverse("code-import"), brought(**changed))
        assert response.status_code == 422
        assert [error for error in response.context["form"].errors[field] if error.startswith(told)]

    def test_an_address_that_was_tampered_with(self, as_admin):
        response = as_admin.get(reverse("code-import-preview", args=["not-a-token"]))
        assert (response.status_code, "Bring the file again." in response.content.decode()) == (409, True)

    def test_a_preview_ends_after_a_day(self, as_admin, frozen):
        address = self.preview(as_admin).redirect_chain[-1][0]
        frozen.shift(25 * 60 * 60)
        as_admin.force_login(user("admin"))
        assert as_admin.get(address).status_code == 409

    def test_changes_as_csv(self, as_admin):
        response = self.preview(as_admin, file=SimpleUploadedFile("a.csv", FILE.replace(b"New", b"=1+1")))
        answer = as_admin.get(reverse("code-import-changes", args=[response.context["token"]]))
        lines = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))
        assert lines == [
            ["change", "code", "in force", "before", "after"],
            ["ended", "M54.6", "until 30 Sep 2026", "Pain in thoracic spine", ""],
            ["reworded", "M54.81", "from 1 Oct 2026", "Occipital neuralgia", "Neuralgia of the back of the head"],
            ["new", "R51.9", "from 1 Oct 2026", "", "'=1+1"],
        ]

    @pytest.mark.parametrize("rows", [1, 3, 300])
    def test_query_count(self, as_admin, rows):
        data = "code,text\n" + "".join(f"A{number // 100 % 10}0.{number % 100:02},x\n" for number in range(rows))
        address = self.preview(as_admin, file=SimpleUploadedFile("a.csv", data.encode())).redirect_chain[-1][0]
        with CaptureQueriesContext(connection) as queries:
            assert as_admin.get(address).status_code == 200
        assert len(queries) == 3  # session, person with roles, codes


class TestCodePages:
    def posted(self, versions, **changed):
        said = {"effective_from": "2026-10-01", "name": "Occipital block", "lay_en": LAY["en"], "lay_es": LAY["es"], "per_side": "on"}
        return said | {"max_units_per_day": "2", "min_sites": "", "max_sites": "", "verify": "", "shown": standing(versions)} | changed

    def test_works_without_htmx(self, as_admin, service):
        response = as_admin.post(reverse("code", args=["64405"]), self.posted([service]), follow=True)
        assert [str(message) for message in response.context["messages"]] == ["64405 has this wording from 1 Oct 2026."]
        assert [view.standing[1] for view, _ in response.context["versions"]] == ["To come", "In force"]
        assert "reading grade" in response.content.decode()

    def test_says_where_members_read_the_words(self, as_admin, service):
        """A policy that governs has its own name for the service."""
        rule = {"codes": ["64405"], "lay_name": {"en": LAY["en"], "es": LAY["es"]}}
        same, other, over = small("same"), small("other", lines_of_business=["medicaid"]), small("over", until="2026-01-31")
        same["rules"][0] |= rule
        for document in (other, over):
            document["rules"][0] |= {"codes": ["64405"], "lay_name": {"en": "shots"}}
        for document in (over, same | {"effective": {"from": "2026-02-01"}}, other):
            published(document)
        used = as_admin.get(reverse("code", args=["64405"])).context["used"]
        assert [(each.title, each.differs) for each in used] == [("Other 1", True), ("Same 1", False)]

    def test_works(self, as_admin, service):
        """The list under htmx is its own fragment, and says what the page says."""
        response = as_admin.get(reverse("codes", args=["procedure"]), {"q": "occipital"}, headers=HTMX)
        body = response.content.decode()
        assert ("<html" in body, "64405" in body, response["Vary"].count("HX-Request")) == (False, True, 1)
        page = as_admin.get(reverse("codes", args=["procedure"]), {"q": "occipital"}).content.decode()
        assert body.strip() in page

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, ["64405", "64999"]),
            ({"q": "64"}, ["64405", "64999"]),
            ({"q": "nuca"}, ["64405"]),
            ({"q": "nothing like it"}, []),
            ({"q": "\0"}, ["64405", "64999"]),
            ({"only": "unworded"}, ["64999"]),
            ({"only": "verify"}, ["64999"]),
            ({"only": "coming"}, []),
            ({"after": "64405"}, ["64999"]),
        ],
    )
    def test_search(self, as_admin, service, asked, found):
        ServiceCode.objects.create(code="64999", name="Another", lay_name={}, effective_from=SINCE, verify="units")
        response = as_admin.get(reverse("codes", args=["procedure"]), asked)
        assert [row.code for row in response.context["rows"]] == found

    def test_diagnoses(self, as_admin, diagnoses):
        response = as_admin.get(reverse("codes", args=["diagnosis"]), {"q": "spine pain"})
        assert [row.code for row in response.context["rows"]] == ["M54.6"]
        assert as_admin.get(reverse("codes", args=["drugs"])).status_code == 404

    def test_shows_errors(self, as_admin, service):
        response = as_admin.post(reverse("code", args=["64405"]), self.posted([service], lay_en="", min_sites="3", max_sites="2"))
        assert (response.status_code, response.context["form"].errors) == (
            422,
            {"lay_en": ["This field is required."], "max_sites": ["The most sites cannot be fewer than the fewest."]},
        )
        refused = as_admin.post(reverse("code", args=["64405"]), self.posted([service], effective_from="2020-01-01"))
        assert refused.status_code == 422

    def test_rejects_wrong_status(self, as_admin, service):
        ServiceCode.objects.filter(pk=service.pk).update(effective_until=date(2026, 1, 1))
        shown = standing(service_versions("64405"))
        response = as_admin.post(reverse("code-end", args=["64405"]), {"end-last_day": "2027-01-01", "end-shown": shown})
        assert (response.status_code, "Write a new version to bring it back." in response.content.decode()) == (422, True)

    def test_ends(self, as_admin, service):
        address = reverse("code-end", args=["64405"])
        assert as_admin.post(address, {"end-last_day": "2026-12-31", "end-shown": standing([service])}).status_code == 302
        assert ServiceCode.objects.get().effective_until == date(2026, 12, 31)
        assert as_admin.post(address, {"end-last_day": "2027-12-31", "end-shown": standing([service])}).status_code == 409
        assert as_admin.post(address, {"end-last_day": "soon"}).status_code == 422
        assert as_admin.post(reverse("code-end", args=["00000"]), {"end-last_day": "soon"}).status_code == 404

    def test_new(self, as_admin, admin):
        values = self.posted([], code=" 64999", effective_from="2026-01-01")
        assert as_admin.post(reverse("code-new"), values)["Location"] == reverse("code", args=["64999"])
        assert as_admin.post(reverse("code-new"), values).status_code == 409
        assert as_admin.post(reverse("code-new"), values | {"code": "64"}).status_code == 422
        assert list(ServiceCode.objects.values_list("code", "changed_by")) == [("64999", admin.pk)]

    def test_wording_is_read_while_it_is_written(self, as_admin):
        response = as_admin.get(reverse("code-wording"), {"lay_en": "shots near 64405", "lay_es": "inyecciones en la nuca"}, headers=HTMX)
        body = response.content.decode()
        assert ("reading grade" in body, "looks like a procedure code" in body, "Fernández Huerta" in body) == (True, True, True)

    @pytest.mark.parametrize("codes", [1, 3])
    def test_query_count(self, as_admin, codes):
        for number in range(codes):
            for starts, ends in ((date(2020, 1, 1), LAST), (OCTOBER, None)):
                ServiceCode.objects.create(code=f"6440{number}", name="x", lay_name=LAY, effective_from=starts, effective_until=ends)
        with CaptureQueriesContext(connection) as queries:
            assert len(as_admin.get(reverse("codes", args=["procedure"])).context["rows"]) == codes
        assert len(queries) == 4  # session, person with roles, codes, versions
