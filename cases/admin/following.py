"""Rows that are closed and followed: one in use ends on the day before another begins, and is never edited."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from authreview.admin import KeptPages

FORM_PAGE = "admin/cases/followed_form.html"
FOLLOW_PAGE = "admin/cases/follow.html"


def is_in_use(row: Any) -> bool:
    """Begun. The database counts days in UTC, so the later of the two days decides: what it freezes is shown as frozen."""
    begun: date = row.effective_from
    return begun <= max(timezone.localdate(), datetime.now(UTC).date())


def must_begin_later(form: forms.ModelForm, sentence: str) -> None:
    """An error at the first day unless it is to come."""
    begins = form.cleaned_data.get("effective_from")
    if begins and begins <= timezone.localdate():
        form.add_error("effective_from", sentence)


class FollowedAdmin(KeptPages, admin.ModelAdmin):
    """`whose`: what the row is for, never changed. `follow_form`: a ModelForm of all the rest but `effective_until`."""

    change_form_template = FORM_PAGE
    whose: tuple[str, ...] = ()
    follow_form: type[forms.ModelForm]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row in use is looked at."""
        return super().has_change_permission(request, obj) and (obj is None or not is_in_use(obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.whose, "effective_until") if obj else ()

    def get_urls(self) -> list[URLPattern]:
        name = f"cases_{self.opts.model_name}_follow"
        return [path("<int:pk>/follow/", self.admin_site.admin_view(self.follow), name=name), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, object_id)
        may = row is not None and is_in_use(row) and row.effective_until is None and self.has_add_permission(request)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "may_follow": may, "may_approve": False})

    def follow(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End this row and start another on the day after, in one step."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.model, pk=pk)
        fields = [name for name in self.follow_form.base_fields if hasattr(row, name)]
        start = {name: getattr(row, name) for name in fields} | {"effective_from": timezone.localdate() + timedelta(days=1)}
        form = self.follow_form(request.POST or None, instance=self._next(row), initial=start)
        if request.method == "POST" and form.is_valid():
            with transaction.atomic():
                old = self.model.objects.select_for_update().get(pk=pk)
                if old.effective_until is None and is_in_use(old):
                    return self._followed(request, old, form)
            form.add_error(None, "This row has been ended in the meantime, or has not begun.")
        what, back = str(self.opts.verbose_name), reverse(f"admin:cases_{self.opts.model_name}_changelist")
        return render(request, FOLLOW_PAGE, {"form": form, "row": row, "what": what, "back": back}, status=422 if form.errors else 200)

    def _next(self, row: Any) -> Any:
        return self.model(**{name: getattr(row, name) for name in self.whose})

    def _followed(self, request: HttpRequest, old: Any, form: Any) -> HttpResponse:
        new = form.save(commit=False)
        old.effective_until = new.effective_from - timedelta(days=1)
        old.save(update_fields=["effective_until"])
        self.save_model(request, new, form, False)
        self.log_change(request, old, f"Ended on {old.effective_until:%d %b %Y} and followed.")
        self.log_addition(request, new, f"Follows the row of {old.effective_from:%d %b %Y}.")
        messages.success(request, f"It ends on {old.effective_until:%d %b %Y}; the new one takes over the day after.")
        return redirect(f"admin:cases_{self.opts.model_name}_changelist")
