"""The list of policy versions and where its pages are; the history, read-only. The pages themselves are in pages.py."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString

from authreview import due
from authreview.admin import KeptPages, ReadOnlyPages
from authreview.numbers import whole_number
from authreview.templatetags.ui import pill
from criteria.models import PolicyEvent, PolicyVersion
from criteria.presenters.life import STATUS_PILLS
from criteria.queries import BASIS_WORDS, ends_on, is_in_force

from . import editor, pages, yaml_tab


def followed(today: date) -> Exists:
    """Whether a later version of the same policy is in force: the row's own is reviewed no more."""
    later = PolicyVersion.objects.filter(policy=OuterRef("policy"), effective_from__gt=OuterRef("effective_from"))
    begun = later.filter(published_at__isnull=False, effective_from__lte=today)
    return Exists(begun.exclude(in_force_until__lt=today).exclude(effective_until__lt=today))


class BasisFilter(admin.SimpleListFilter):
    title = "basis"
    parameter_name = "basis"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(rank), words.capitalize()) for rank, words in BASIS_WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PolicyVersion]) -> QuerySet[PolicyVersion]:
        return queryset.filter(basis_rank=rank) if (rank := whole_number(self.value() or "")) is not None else queryset


class TodayFilter(admin.SimpleListFilter):
    title = "today"
    parameter_name = "today"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("in_work", "In work"), ("in_force", "In force"), ("overdue", "Review overdue")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PolicyVersion]) -> QuerySet[PolicyVersion]:
        today = timezone.localdate()
        if self.value() == "in_work":
            return queryset.filter(published_at=None)
        if self.value() not in ("in_force", "overdue"):
            return queryset
        began = queryset.filter(published_at__isnull=False, effective_from__lte=today)
        ended = began.exclude(effective_until__lt=today).exclude(in_force_until__lt=today)
        return ended if self.value() == "in_force" else ended.filter(~followed(today), next_review__lt=today)


@admin.register(PolicyVersion)
class PolicyVersionAdmin(KeptPages, admin.ModelAdmin):
    """Versions are written by the actions alone: no stock form saves one."""

    list_display = ("__str__", "standing", "basis", "codes_named", "dates", "review", "author")
    list_filter = ("status", TodayFilter, BasisFilter)
    list_select_related = ("policy", "drafted_by")
    search_fields = ("title", "policy__slug", "codes__code")
    search_help_text = "Title, short name or procedure code"
    ordering = ("policy__slug", F("effective_from").desc(), "-pk")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyVersion]:
        rows = super().get_queryset(request).annotate(is_followed=followed(timezone.localdate()))
        return rows.prefetch_related("codes").defer("document")

    @admin.display(description="Status", ordering="status")
    def standing(self, version: PolicyVersion) -> SafeString:
        return pill(STATUS_PILLS[version.status], version.get_status_display())

    @admin.display(description="Basis", ordering="basis_rank")
    def basis(self, version: PolicyVersion) -> str:
        return BASIS_WORDS[version.basis_rank]

    @admin.display(description="Codes")
    def codes_named(self, version: PolicyVersion) -> str:
        return ", ".join(sorted(code.code for code in version.codes.all()))

    @admin.display(description="In force", ordering="effective_from")
    def dates(self, version: PolicyVersion) -> str:
        ends = ends_on(version)
        return f"{due.day(version.effective_from)} to {due.day(ends)}" if ends else f"from {due.day(version.effective_from)}"

    @admin.display(description="Drafted by", ordering="drafted_by")
    def author(self, version: PolicyVersion) -> str:
        return version.drafted_by.get_full_name() or version.drafted_by.username

    @admin.display(description="Next review", ordering="next_review")
    def review(self, version: PolicyVersion) -> str | SafeString:
        today = timezone.localdate()
        is_followed = getattr(version, "is_followed", False)
        if version.next_review and version.next_review < today and is_in_force(version, today) and not is_followed:
            return pill("late", f"overdue since {due.day(version.next_review)}")
        return due.day(version.next_review) or "not set"

    def get_urls(self) -> list[URLPattern]:
        named = [
            ("<int:pk>/text/", yaml_tab.text, "text"),
            ("<int:pk>/compare/", pages.compare, "compare"),
            ("<int:pk>/file/", pages.file, "file"),
            ("<int:pk>/step/", pages.step, "step"),
            ("<int:pk>/editor/", editor.editor_page, "editor"),
            ("<int:pk>/editor/save/", editor.save, "editor_save"),
            ("<int:pk>/editor/do/", editor.do, "editor_do"),
        ]
        own = [path(where, self._opened(view), name=f"criteria_policyversion_{name}") for where, view, name in named]
        start = path("start/", self.admin_site.admin_view(self._start), name="criteria_policyversion_start")
        return [start, *own, *super().get_urls()]

    def _start(self, request: HttpRequest) -> HttpResponse:
        pages.must(self.has_add_permission(request))
        return editor.start(request)

    def _opened(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        """A page of a version, for people whose role opens policies here."""

        def page(request: HttpRequest, pk: int) -> HttpResponseBase:
            return view(request, self._version(request, pk))

        return self.admin_site.admin_view(page)

    def _version(self, request: HttpRequest, pk: object) -> PolicyVersion:
        pages.must(self.has_view_permission(request))
        people = ("drafted_by", "submitted_by", "approved_by", "published_by", "retired_by")
        return get_object_or_404(PolicyVersion.objects.select_related("policy", *people), pk=pk)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        pages.must(self.has_add_permission(request))
        return pages.bring_in(request)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return pages.version_page(request, self._version(request, whole_number(object_id) or 0))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The history is on the version's page."""
        return self.change_view(request, object_id)


@admin.register(PolicyEvent)
class PolicyEventAdmin(ReadOnlyPages, admin.ModelAdmin):
    """What happened to policies, append-only and chained."""

    list_display = ("at", "policy", "version", "sequence", "kind", "by", "hash")
    list_filter = ("kind", "policy")
    list_select_related = ("policy", "by")
    ordering = ("-id",)
