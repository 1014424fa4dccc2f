"""The record grows: a file is attached, described, opened. Files are read before the case is locked; bytes are stored before their row."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from authreview.errors import Conflict, Incomplete, Problem
from authreview.models import User
from cases import permissions
from cases.enums import DocumentKind, Reading
from cases.models import Case, Document, DocumentPage, PageOpening
from cases.reading import Contents, Unreadable, read_file
from cases.storage import write_bytes

from .history import locked_case, record_event

IN_RECORD_ALREADY = "This file is in the record already, as “{title}”."
ALREADY_REPLACED = "“{title}” has been replaced already."


class Upload(Protocol):
    """A file as forms/documents.py has read it."""

    @property
    def data(self) -> bytes: ...
    @property
    def filename(self) -> str: ...
    @property
    def contents(self) -> Contents: ...


@dataclass(frozen=True, slots=True)
class _Read:
    data: bytes
    filename: str
    contents: Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a document is called and where it comes from."""

    title: str
    kind: str
    date: dt.date | None
    source: str

    def checked(self) -> "Described":
        """Raises Incomplete."""
        if not self.title.strip():
            raise Incomplete("Give the document a title.", [Problem("Title", message="Give the document a title.")])
        if self.kind not in DocumentKind.values:
            raise Incomplete("Choose what kind of document this is.", [Problem("Kind", message="Choose one of the kinds.")])
        return self


def attach_document(
    *,
    case_id: int,
    data: bytes,
    filename: str,
    by: User,
    title: str = "",
    kind: str = DocumentKind.CLINICAL_NOTE,
    date: dt.date | None = None,
    source: str = "",
    replaces: int | None = None,
    at: dt.datetime | None = None,
) -> Document:
    """Read a file and add it to the record with its pages; the title falls back to the file's name. One event.

    `replaces`: the document that this one corrects. Raises Denied; Incomplete where the file cannot be read; Conflict: the case has it.
    """
    permissions.check_attach(by)
    try:
        read = _Read(data, filename, read_file(data))
    except Unreadable as unreadable:
        raise Incomplete(unreadable.sentence, [Problem(filename, message=unreadable.sentence)]) from unreadable
    (document,) = attach_documents(
        case_id=case_id, files=[read], by=by, title=title, kind=kind, date=date, source=source, replaces=replaces, at=at
    )
    return document


def attach_documents(
    *,
    case_id: int,
    files: Sequence[Upload],
    by: User,
    title: str,
    kind: str,
    date: dt.date | None,
    source: str,
    replaces: int | None = None,
    at: dt.datetime | None = None,
) -> list[Document]:
    """Files that were read already, described alike: all of them, or none. One event each. Raises Denied, Incomplete, Conflict."""
    permissions.check_attach(by)
    described = Described(title=title.strip(), kind=kind, date=date, source=source.strip())
    stored = [(upload, write_bytes(upload.data), replace(described, title=title.strip() or title_of(upload.filename))) for upload in files]
    with transaction.atomic():
        case = locked_case(case_id)
        same = case.documents.filter(sha256__in=[name for _, name, _ in stored]).first()
        if same is not None:
            raise Conflict(IN_RECORD_ALREADY.format(title=same.title))
        replaced = _replaceable(case_id, replaces) if replaces is not None else None
        return [_attached(case, upload, name, each.checked(), replaced, by, at) for upload, name, each in stored]


def title_of(filename: str) -> str:
    """A readable title from a file's name: "office_visit-2026.pdf" is "office visit 2026"."""
    words = PurePath(filename.replace("\\", "/")).stem.replace("_", " ").replace("-", " ").split()
    return " ".join(words)[:160] or "Document"


@transaction.atomic
def describe_document(*, document_id: int, by: User, title: str, kind: str, date: dt.date | None, source: str) -> Document:
    """Change what a document is called, its kind, date and source. One event, none where nothing changed. Raises Denied, Incomplete."""
    permissions.check_attach(by)
    after = Described(title=title.strip(), kind=kind, date=date, source=source.strip()).checked()
    case = locked_case(Document.objects.values_list("case_id", flat=True).get(pk=document_id))
    document = Document.objects.get(pk=document_id)
    before = Described(title=document.title, kind=document.kind, date=document.date, source=document.source)
    if after == before:
        return document
    document.title, document.kind, document.date, document.source = after.title, after.kind, after.date, after.source
    document.save(update_fields=["title", "kind", "date", "source"])
    payload = {"document": document.pk, "before": _plain(before), "after": _plain(after)}
    record_event(case, "document_described", by=by, payload=payload)
    return document


def open_page(*, page: DocumentPage, by: User, at: dt.datetime | None = None) -> PageOpening:
    """Keep when this person first had the page before them; later openings change nothing. No event: it is a fact of its own."""
    opening, _ = PageOpening.objects.get_or_create(page=page, user=by, defaults={"at": at or timezone.now()})
    return opening


def _attached(
    case: Case, upload: Upload, name: str, described: Described, replaced: Document | None, by: User, at: dt.datetime | None
) -> Document:
    contents = upload.contents
    now = at or timezone.now()
    document = Document.objects.create(
        case=case,
        title=described.title[:160],
        kind=described.kind,
        date=described.date,
        source=described.source[:120],
        sha256=name,
        size_bytes=len(upload.data),
        content_type=contents.content_type,
        filename=upload.filename[-200:],
        page_count=len(contents.pages),
        reading=Reading.DONE,
        reading_error=contents.remark,
        replaces=replaced,
        added_by=by,
        added_at=now,
    )
    DocumentPage.objects.bulk_create(
        DocumentPage(
            document=document,
            number=number,
            width_pt=page.width,
            height_pt=page.height,
            text=page.text,
            words=page.words,
            text_source="layer" if page.has_text else "none",
        )
        for number, page in enumerate(contents.pages, start=1)
    )
    payload = {"document": document.pk, "sha256": name, "pages": len(contents.pages), **_plain(described)}
    if replaced is not None:
        payload["replaces"] = replaced.pk
    record_event(case, "document_attached", by=by, at=now, payload=payload)
    return document


def _replaceable(case_id: int, document_id: int) -> Document:
    document = Document.objects.filter(case_id=case_id, pk=document_id).select_related("replaced_by").first()
    if document is None:
        raise Conflict("The document that this one replaces is not in this record.")
    if hasattr(document, "replaced_by"):
        raise Conflict(ALREADY_REPLACED.format(title=document.title))
    return document


def _plain(described: Described) -> dict[str, object]:
    return {
        "title": described.title,
        "kind": described.kind,
        "date": described.date.isoformat() if described.date else None,
        "source": described.source,
    }
