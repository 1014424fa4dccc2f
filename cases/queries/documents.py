"""The record of a case as the documents page and the viewer read it: a fixed number of statements, word boxes for one page alone."""

from dataclasses import dataclass

from django.db.models import IntegerField, OuterRef, Subquery
from django.db.models.aggregates import Count
from django.db.models.functions import Coalesce

from cases.models import Case, Document, DocumentPage, Evidence


def documents_of(case: Case) -> list[Document]:
    """In the order they came, with who added them, what replaced them, and how many passages are cited from each (`cited`)."""
    cited = Evidence.objects.filter(document=OuterRef("pk")).order_by().values("document").annotate(number=Count("pk")).values("number")
    return list(
        Document.objects.filter(case=case)
        .select_related("added_by", "replaced_by")
        .annotate(cited=Coalesce(Subquery(cited, output_field=IntegerField()), 0))
        .order_by("id")
    )


def document_of(case: Case, document_id: int) -> Document | None:
    """One document of this case, or None."""
    return Document.objects.filter(case=case, pk=document_id).select_related("added_by", "replaces").first()


def page_of(document: Document, number: int) -> DocumentPage | None:
    """A page with its words, or None. Its document is the one given."""
    page = document.pages.filter(number=number).first()
    if page is not None:
        page.document = document
    return page


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage that is cited from a page, and for which criteria of which lines."""

    start: int
    end: int
    line: int
    criterion: str


def citations_on(document: Document, number: int) -> list[Citation]:
    """Every cited passage of one page that has a place in its text."""
    rows = (
        Evidence.objects.filter(document=document, page=number, start__isnull=False)
        .order_by("start", "end", "id")
        .values_list("start", "end", "finding__line__number", "finding__criterion")
    )
    return [Citation(start, end, line, criterion) for start, end, line, criterion in rows if start is not None and end is not None]
