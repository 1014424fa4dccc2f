"""The record: attaching, describing, opening, taking away."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from authreview.errors import Conflict, Denied, Incomplete
from authreview.models import AccessRecord
from cases import permissions
from cases.actions.documents import attach_document, describe_document, open_page
from cases.models import Case, CaseEvent, Document, PageOpening
from cases.storage import StoredFileDamaged, read_bytes, write_bytes
from tests.conftest import TODAY
from tests.factories import founding_case, mark, user
from tests.pdf import pdf_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]

NOTE = ["OFFICE VISIT", "The patient reports a couple months of", "muscle pain in the neck."]


@pytest.fixture
def nurse():
    return user("nurse")


@pytest.fixture
def auditor():
    return user("auditor")


@pytest.fixture
def case(nurse):
    return Case.objects.create(reference="PA-2026-000101", received_at=TODAY, entered_at=TODAY, entered_by=nurse, channel="fax")


@pytest.fixture
def note(case, nurse):
    return attach_document(
        case_id=case.pk, data=pdf_of(NOTE, ["Plan: physical therapy."]), filename="visit.pdf", title="Office visit note", by=nurse
    )


@pytest.fixture
def as_nurse(client, nurse):
    client.force_login(nurse)
    return client


def upload(*files, **values):
    return {"uploads": list(files), "title": "", "kind": "clinical_note", "date": "", "source": "", **values}


def file_of(data, name="visit.pdf"):
    return SimpleUploadedFile(name, data)


class TestAttach:
    def test_works(self, case, nurse):
        data = pdf_of(NOTE)
        document = attach_document(
            case_id=case.pk, data=data, filename="Office_visit-note.pdf", date=date(2026, 2, 24), source="Jordan Example", by=nurse
        )
        page = document.pages.get()
        assert (document.title, document.kind, document.page_count, document.content_type, document.size_bytes, document.reading) == (
            "Office visit note",
            "clinical_note",
            1,
            "application/pdf",
            len(data),
            "done",
        )
        assert (page.number, page.text.split("\n"), page.text_source, len(page.words)) == (1, NOTE, "layer", 14)
        assert read_bytes(document.sha256) == data

    def test_writes_one_event(self, case, note):
        events = list(CaseEvent.objects.filter(case=case).values_list("kind", "payload"))
        assert [kind for kind, _ in events] == ["document_attached"]
        assert json.loads(events[0][1]) == {
            "date": None,
            "document": note.pk,
            "kind": "clinical_note",
            "pages": 2,
            "sha256": note.sha256,
            "source": "",
            "title": "Office visit note",
        }

    def test_same_file_twice(self, case, nurse, note):
        with pytest.raises(Conflict, match="This file is in the record already, as “Office visit note”."):
            attach_document(case_id=case.pk, data=read_bytes(note.sha256), filename="again.pdf", by=nurse)
        assert (Document.objects.count(), CaseEvent.objects.count()) == (1, 1)

    def test_needs_role(self, case, auditor):
        with pytest.raises(Denied, match=permissions.NOT_ATTACHING):
            attach_document(case_id=case.pk, data=pdf_of(NOTE), filename="a.pdf", by=auditor)

    def test_unreadable_leaves_nothing(self, case, nurse):
        with pytest.raises(Incomplete, match="This PDF is damaged"):
            attach_document(case_id=case.pk, data=b"%PDF-1.7 and then nothing", filename="a.pdf", by=nurse)
        assert (Document.objects.count(), CaseEvent.objects.count(), default_storage.exists("documents")) == (0, 0, False)

    def test_replaces_once(self, case, nurse, note):
        better = attach_document(case_id=case.pk, data=pdf_of(["Corrected"]), filename="b.pdf", replaces=note.pk, by=nurse)
        assert (better.replaces, note.replaced_by) == (note, better)
        with pytest.raises(Conflict, match="“Office visit note” has been replaced already."):
            attach_document(case_id=case.pk, data=pdf_of(["Third"]), filename="c.pdf", replaces=note.pk, by=nurse)

    def test_picture_and_docx_and_text(self, case, nurse):
        scan, letter = io.BytesIO(), io.BytesIO()
        Image.new("1", (1700, 2200)).save(scan, format="TIFF", save_all=True, append_images=[Image.new("1", (1700, 2200))])
        written = docx.Document()
        written.add_paragraph("Twelve visits without relief.")
        written.save(letter)
        found = [
            attach_document(case_id=case.pk, data=data, filename=name, by=nurse)
            for data, name in ((scan.getvalue(), "fax.tif"), (letter.getvalue(), "therapy.docx"), (b"Pain 8/10\r\n", "note.txt"))
        ]
        assert [
            (each.content_type.rsplit(".")[-1], each.page_count, [page.text for page in each.pages.all()], each.pages.first().text_source)
            for each in found
        ] == [
            ("image/tiff", 2, ["", ""], "none"),
            ("document", 1, ["Twelve visits without relief."], "layer"),
            ("text/plain", 1, ["Pain 8/10"], "layer"),
        ]


class TestDescribe:
    def test_works(self, case, nurse, note):
        described = {"title": "Visit of 24 February", "kind": "other", "date": date(2026, 2, 24), "source": "Clinic"}
        describe_document(document_id=note.pk, by=nurse, **described)
        describe_document(document_id=note.pk, by=nurse, **described)
        note.refresh_from_db()
        assert {name: getattr(note, name) for name in described} == described
        assert list(CaseEvent.objects.values_list("kind", flat=True)) == ["document_attached", "document_described"]

    def test_needs_title(self, nurse, note):
        with pytest.raises(Incomplete, match="Give the document a title."):
            describe_document(document_id=note.pk, by=nurse, title=" ", kind="other", date=None, source="")


class TestStore:
    def test_heals_what_was_cut_short(self):
        name = write_bytes(b"whole file")
        Path(default_storage.path(f"documents/{name[:2]}/{name}")).write_bytes(b"who")
        with pytest.raises(StoredFileDamaged):
            read_bytes(name)
        assert (write_bytes(b"whole file"), read_bytes(name)) == (name, b"whole file")

    def test_missing(self):
        with pytest.raises(StoredFileDamaged, match="is missing"):
            read_bytes("0" * 64)


class TestListPage:
    def address(self):
        return reverse("documents", args=["PA-2026-000101"])

    def test_works(self, as_nurse, case, note):
        page = as_nurse.get(self.address())
        assert page.status_code == 200
        assert "Office visit note" in page.content.decode()

    def test_attaches(self, as_nurse, case):
        answer = as_nurse.post(self.address(), upload(file_of(pdf_of(NOTE)), file_of(b"Pain 8/10", "my_note.txt"), kind="other"))
        assert (answer.status_code, answer["Location"]) == (302, self.address())
        assert list(Document.objects.values_list("title", "kind")) == [("visit", "other"), ("my note", "other")]

    def test_attaches_with_htmx(self, as_nurse, case):
        answer = as_nurse.post(self.address(), upload(file_of(pdf_of(NOTE))), headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Redirect"]) == (200, self.address())

    def test_shows_errors_and_attaches_nothing(self, as_nurse, case):
        answer = as_nurse.post(self.address(), upload(file_of(pdf_of(NOTE)), file_of(b"GIF89a" + b"\0" * 20, "cat.gif"), source="Clinic"))
        assert (answer.status_code, Document.objects.count()) == (422, 0)
        body = answer.content.decode()
        assert "cat.gif: This is a file of type gif. Attach a PDF, PNG, JPEG, TIFF, text or DOCX file." in body
        assert 'value="Clinic"' in body

    def test_error_under_htmx_is_the_summary_alone(self, as_nurse, case):
        answer = as_nurse.post(self.address(), upload(), headers={"HX-Request": "true"})
        assert answer.status_code == 422
        assert answer.content.decode().strip().startswith('<div id="upload-problems">')
        assert "Choose a file to attach." in answer.content.decode()

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"title": "One"}, "One title does not fit several files."),
            ({"date": "2099-01-01"}, "This date is still to come."),
            ({"kind": "novel"}, "Select a valid choice."),
        ],
    )
    def test_refuses(self, as_nurse, case, values, sentence):
        answer = as_nurse.post(self.address(), upload(file_of(pdf_of(NOTE)), file_of(b"Pain", "a.txt"), **values))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()

    def test_same_file_stands_at_its_field(self, as_nurse, case, note):
        answer = as_nurse.post(self.address(), upload(file_of(read_bytes(note.sha256), "again.pdf")))
        assert answer.status_code == 422
        assert "again.pdf: this file is in the record already, as “Office visit note”." in answer.content.decode()

    def test_too_large(self, as_nurse, case, settings):
        settings.DOCUMENT_MAX_BYTES = 1024 * 1024
        answer = as_nurse.post(self.address(), upload(file_of(b"x" * (1024 * 1024 + 1), "big.txt")))
        assert "big.txt: This file has 1.0 MB; the limit is 1 MB." in answer.content.decode()

    def test_needs_role(self, client, case, auditor):
        client.force_login(auditor)
        page = client.get(self.address())
        assert permissions.NOT_ATTACHING in page.content.decode()
        assert b'<form method="post" action="' + self.address().encode() not in page.content
        assert client.post(self.address(), upload(file_of(pdf_of(NOTE)))).status_code == 403
        assert Document.objects.count() == 0

    def test_editor_of_policies_sees_nothing(self, client, case, note):
        client.force_login(user("policy_editor"))
        assert client.get(self.address()).status_code == 403

    def test_describes(self, as_nurse, case, note):
        prefix = f"d{note.pk}-"
        address = reverse("document", args=["PA-2026-000101", note.pk])
        values = {f"{prefix}title": "Visit", f"{prefix}kind": "other", f"{prefix}date": "2026-02-24", f"{prefix}source": ""}
        assert as_nurse.post(address, values).status_code == 302
        refused = as_nurse.post(address, values | {f"{prefix}title": ""})
        note.refresh_from_db()
        assert (note.title, note.date, refused.status_code) == ("Visit", date(2026, 2, 24), 422)
        assert '<details class="describe" open>' in refused.content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_query_count(self, as_nurse, case, nurse, count, django_assert_max_num_queries):
        for number in range(count):
            attach_document(case_id=case.pk, data=pdf_of([f"Note {number}"]), filename=f"{number}.pdf", by=nurse)
        as_nurse.get(self.address())
        with django_assert_max_num_queries(8):
            as_nurse.get(self.address())


class TestViewer:
    def test_works(self, as_nurse, case, nurse, note):
        page = as_nurse.get(reverse("document", args=[case.reference, note.pk]) + "?page=2")
        body = page.content.decode()
        assert page.status_code == 200
        assert 'data-i="0">Plan:</tspan> <tspan' in body
        assert "page 2 of 2" in body
        assert list(PageOpening.objects.values_list("page__number", "user")) == [(2, nurse.pk)]

    def test_fragment_and_redirect(self, as_nurse, case, note):
        address = reverse("document-page", args=[case.reference, note.pk, 2])
        fragment = as_nurse.get(address, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/cases/x/?line=2&page=1"})
        assert fragment.content.decode().strip().startswith('<section class="panel record-pane" id="record-pane"')
        assert f"?line=2&amp;document={note.pk}&amp;page=1" in fragment.content.decode()
        assert as_nurse.get(address)["Location"] == reverse("document", args=[case.reference, note.pk]) + "?page=2"

    def test_mark_that_was_asked_for(self, as_nurse, case, note):
        body = as_nurse.get(reverse("document", args=[case.reference, note.pk]) + "?mark=32-64").content.decode()
        assert body.count('data-for="" class="now"') == 2  # over two lines

    @pytest.mark.parametrize("query", ["?page=99", "?page=x", "?page=-1", "?mark=a-b", "?mark=5-5", "?mark=99999-100000", "?document=77"])
    def test_strange_addresses(self, as_nurse, case, note, query):
        assert as_nurse.get(reverse("document", args=[case.reference, note.pk]) + query).status_code == 200

    def test_opening_is_kept_once(self, as_nurse, case, nurse, note):
        first = open_page(page=note.pages.first(), by=nurse)
        assert open_page(page=note.pages.first(), by=nurse) == first

    def test_reads_are_recorded_and_refused_ones_too(self, client, case, nurse, note):
        editor = user("policy_editor")
        where = [case.reference, note.pk]
        for reader in (nurse, editor):
            client.force_login(reader)
            client.get(reverse("document", args=where))
            client.get(reverse("document-page-image", args=[*where, 1]))
            client.get(reverse("document-page-image", args=[*where, 9]))
        key = f"{case.reference}/{note.pk}"
        assert list(AccessRecord.objects.order_by("id").values_list("user_id", "kind", "key", "outcome")) == [
            (nurse.pk, "page", f"{key}/1", "shown"),
            (nurse.pk, "document", key, "shown"),
            (nurse.pk, "image", f"{key}/1", "shown"),
            (nurse.pk, "image", f"{key}/9", "refused"),
            (editor.pk, "document", key, "refused"),
            (editor.pk, "image", f"{key}/1", "refused"),
            (editor.pk, "image", f"{key}/9", "refused"),
        ]

    def test_of_another_case(self, as_nurse, case, nurse, note):
        other = Case.objects.create(reference="PA-2026-000102", received_at=TODAY, entered_at=TODAY, entered_by=nurse, channel="fax")
        for name, more in (("document", []), ("document-file", []), ("document-page-image", [1]), ("document-page-marks", [1])):
            assert (name, as_nurse.get(reverse(name, args=[other.reference, note.pk, *more])).status_code) == (name, 404)

    def test_image(self, as_nurse, case, note):
        answer = as_nurse.get(reverse("document-page-image", args=[case.reference, note.pk, 1]))
        assert (answer["Content-Type"], Image.open(io.BytesIO(answer.content)).size) == ("image/png", (935, 1210))
        assert "no-store" in answer["Cache-Control"]

    def test_file(self, as_nurse, case, note):
        answer = as_nurse.get(reverse("document-file", args=[case.reference, note.pk]))
        assert answer.content == read_bytes(note.sha256)
        assert answer["Content-Disposition"] == f'attachment; filename="PA-2026-000101-document-{note.pk}.pdf"'
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"

    def test_empty_record(self, as_nurse, case):
        assert as_nurse.get(reverse("document", args=[case.reference, 1])).status_code == 404


class TestMarks:
    @pytest.fixture
    def cited(self, frozen):
        """Case A with one passage cited for a criterion."""
        found = founding_case("a")
        mark(found, 1, "indication", "met", quote="Myofascial pain syndrome")
        return found

    def test_works(self, client, cited):
        client.force_login(user("nurse"))
        document = cited.documents.get()
        passage = cited.lines.get(number=1).findings.get(criterion="indication").evidence.get()
        answer = client.get(reverse("document-page-marks", args=[cited.reference, document.pk, passage.page]))
        assert answer.content.decode().count('data-for="1:indication"') == 1
        page = client.get(reverse("document", args=[cited.reference, document.pk]) + f"?mark={passage.start}-{passage.end}")
        assert page.content.decode().count('data-for="1:indication" class="now"') == 1

    def test_list_counts_them(self, client, cited):
        client.force_login(user("auditor"))
        body = client.get(reverse("documents", args=[cited.reference])).content.decode()
        assert '<td class="num">1</td><td class="num">1</td>' in body


def test_zip_that_swells_is_refused(case, nurse):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * 120_000_000)
    with pytest.raises(Incomplete, match="unpacks to far more than a document needs"):
        attach_document(case_id=case.pk, data=packed.getvalue(), filename="bomb.docx", by=nurse)
