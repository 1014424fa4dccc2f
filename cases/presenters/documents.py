"""The list of a record's documents. Forms come with their row, so that a refused one stands where it was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.forms import Form
from django.urls import reverse

from authreview.due import day_time
from cases.models import Case, Document


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document. `form` describes it, for whoever may; it is open where it was refused."""

    document: Document
    kind: str
    added_at: str
    added_by: str
    replaced: str
    url: str
    file_url: str
    form: Form | None
    is_refused: bool


def document_rows(case: Case, documents: Sequence[Document], forms: Mapping[int, Form]) -> list[DocumentRow]:
    """`forms` by document id."""
    return [_row(case, document, forms.get(document.pk)) for document in documents]


def _row(case: Case, document: Document, form: Form | None) -> DocumentRow:
    where = [case.reference, document.pk]
    return DocumentRow(
        document=document,
        kind=document.get_kind_display(),
        added_at=day_time(document.added_at),
        added_by=document.added_by.get_full_name() or document.added_by.username,
        replaced=document.replaced_by.title if hasattr(document, "replaced_by") else "",
        url=reverse("document", args=where),
        file_url=reverse("document-file", args=where),
        form=form,
        is_refused=form is not None and bool(form.errors),
    )
