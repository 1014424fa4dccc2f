"""Code sets are looked at here; they are kept on the pages of views/codes.py, which close what is in use and follow it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from authreview.admin import ReadOnlyPages
from cases.models import CodeImport, DiagnosisCode, ServiceCode
from cases.permissions import can, check_keep_codes


class OnItsOwnPages(ReadOnlyPages, admin.ModelAdmin):
    """The list links to the pages that keep code sets."""

    change_list_template = "admin/cases/codes.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        keeps = can(check_keep_codes, request.user)
        return super().changelist_view(request, {**(extra_context or {}), "is_keeper": keeps})


@admin.register(ServiceCode)
class ServiceCodeAdmin(OnItsOwnPages):
    """Names here are our own, not those of the code's owner."""

    list_display = ("code", "name", "effective_from", "effective_until", "max_units_per_day", "per_side")
    list_filter = ("per_side",)
    search_fields = ("code", "name")
    fields = (
        *("code", "name", "descriptor", "english", "spanish", "effective_from", "effective_until"),
        *("max_units_per_day", "per_side", "min_sites", "max_sites", "verify", "changed_by", "changed_at", "ended_by", "ended_at"),
    )

    @admin.display(description="What letters call it (English)")
    def english(self, code: ServiceCode) -> str:
        return (code.lay_name or {}).get("en", "")

    @admin.display(description="What letters call it (Spanish)")
    def spanish(self, code: ServiceCode) -> str:
        return (code.lay_name or {}).get("es", "")


@admin.register(DiagnosisCode)
class DiagnosisCodeAdmin(OnItsOwnPages):
    """ICD-10-CM: seventy thousand rows, so no page counts them all."""

    list_display = ("code", "text", "effective_from", "effective_until")
    search_fields = ("^code", "text")
    show_full_result_count = False
    list_per_page = 50


@admin.register(CodeImport)
class CodeImportAdmin(OnItsOwnPages):
    """What was imported, by whom."""

    search_fields = ("filename",)
