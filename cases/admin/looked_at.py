"""Cases, their history and letters: looked at here, changed nowhere but on their own pages. Opening a case is recorded."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from authreview.access import record_access
from authreview.admin import ReadOnlyPages
from authreview.models import User
from authreview.numbers import whole_number
from cases.models import Case, CaseEvent, Letter


@admin.register(Case)
class CaseAdmin(ReadOnlyPages, admin.ModelAdmin):
    """What the request is and where it stands; what is clinical stays on the case's page."""

    list_display = ("reference", "status", "line_of_business", "urgency", "received_at", "reviewer", "director")
    list_filter = ("status", "line_of_business", "urgency")
    list_select_related = ("reviewer", "director")
    search_fields = ("=reference",)
    search_help_text = "The whole reference"
    ordering = ("-id",)
    show_full_result_count = False
    list_per_page = 50
    fields: ClassVar = [
        "reference",
        "status",
        "received_at",
        "entered_at",
        "entered_by",
        "channel",
        "plan",
        "line_of_business",
        "state",
        "review_type",
        "urgency",
        "reviewer",
        "director",
        "closed_at",
        "event_count",
        "event_head",
    ]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        answer = super().change_view(request, object_id, form_url, extra_context)
        reference = self.model.objects.filter(pk=whole_number(object_id)).values_list("reference", flat=True).first()
        if reference and request.method == "GET" and answer.status_code == 200 and isinstance(request.user, User):
            record_access(request.user, "case", reference)
        return answer


@admin.register(CaseEvent)
class CaseEventAdmin(ReadOnlyPages, admin.ModelAdmin):
    """The chained history. Payloads name findings and facts, so the list leaves them out, and opening one is recorded."""

    list_display = ("at", "case", "sequence", "kind", "line", "by")
    list_filter = ("kind",)
    list_select_related = ("case", "by")
    search_fields = ("=case__reference",)
    search_help_text = "The whole reference of a case"
    ordering = ("-id",)
    show_full_result_count = False
    list_per_page = 50

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        answer = super().change_view(request, object_id, form_url, extra_context)
        event = self.model.objects.select_related("case").filter(pk=whole_number(object_id)).first()
        if event and request.method == "GET" and answer.status_code == 200 and isinstance(request.user, User):
            record_access(request.user, "case", event.case.reference)
        return answer


@admin.register(Letter)
class LetterAdmin(ReadOnlyPages, admin.ModelAdmin):
    """Which letters there are, and the hash of each; their words stay on the case's page."""

    list_display = ("case", "kind", "recipient", "language", "status", "issued_at", "issued_by")
    list_filter = ("kind", "status", "language")
    list_select_related = ("case", "issued_by")
    search_fields = ("=case__reference",)
    ordering = ("-id",)
    show_full_result_count = False
    fields: ClassVar = [
        "case",
        "kind",
        "recipient",
        "language",
        "large_print",
        "status",
        "versions",
        "pdf_sha256",
        "pages",
        "issued_at",
        "issued_by",
    ]
