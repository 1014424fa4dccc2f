"""Code sets: our own wording and unit rules of procedures, and ICD-10-CM."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from authreview.admin import KeptPages
from cases.models import DiagnosisCode, ServiceCode

from .following import FollowedAdmin, is_in_use, must_begin_later


class WordingForm(forms.ModelForm):
    """Our own wording and the unit rules of a code; the lay name by language as two fields."""

    lay_name_en = forms.CharField(label="Lay name, in English", widget=forms.TextInput(attrs={"class": "vTextField"}))
    lay_name_es = forms.CharField(label="Lay name, in Spanish", required=False, widget=forms.TextInput(attrs={"class": "vTextField"}))

    class Meta:
        model = ServiceCode
        fields: tuple[str, ...] = ("effective_from", "name", "max_units_per_day", "per_side", "min_sites", "max_sites", "verify")
        widgets = {"effective_from": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.instance.lay_name or {}
        self.initial.update({"lay_name_en": names.get("en", ""), "lay_name_es": names.get("es", "")})

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        fewest, most = given.get("min_sites"), given.get("max_sites")
        if fewest is not None and most is not None and most < fewest:
            self.add_error("max_sites", "The most sites are not fewer than the fewest.")
        return given

    def names(self) -> dict[str, str]:
        given = {"en": self.cleaned_data["lay_name_en"], "es": self.cleaned_data["lay_name_es"]}
        return {language: name for language, name in given.items() if name}


class NextWordingForm(WordingForm):
    """What follows begins on a day to come."""

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        must_begin_later(self, "The new wording begins on a day to come: earlier requests were read with the old one.")
        return given


class ServiceCodeForm(WordingForm):
    """A new code; or one that is not yet in use."""

    class Meta(WordingForm.Meta):
        fields = ("code", *WordingForm.Meta.fields)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        same = ServiceCode.objects.exclude(pk=self.instance.pk).filter(code=given.get("code"))
        begins = given.get("effective_from")
        if begins and same.filter(Q(effective_until=None) | Q(effective_until__gte=begins)).exists():
            self.add_error(None, "This code has its wording on that day already. Open it, and end and follow it.")
        return given


@admin.register(ServiceCode)
class ServiceCodeAdmin(FollowedAdmin):
    """Names here are our own, not those of the code's owner."""

    form = ServiceCodeForm
    follow_form = NextWordingForm
    whose = ("code",)
    list_display = ("code", "name", "effective_from", "effective_until", "max_units_per_day", "per_side")
    list_filter = ("per_side",)
    search_fields = ("code", "name")

    def get_fieldsets(self, request: HttpRequest, obj: ServiceCode | None = None) -> Any:
        """A row in use shows the lay name as it is stored: the fields by language belong to the form."""
        may_change = self.has_change_permission(request, obj)
        names = ("lay_name_en", "lay_name_es") if obj is None or may_change else ("lay_name",)
        days = ("effective_from", "effective_until") if obj else ("effective_from",)
        units = ("max_units_per_day", "per_side", "min_sites", "max_sites", "verify")
        return ((None, {"fields": ("code", "name", *names, *days)}), ("Units and sites", {"fields": units}))

    def _next(self, row: ServiceCode) -> ServiceCode:
        return ServiceCode(code=row.code, lay_name=row.lay_name)

    def save_model(self, request: HttpRequest, obj: ServiceCode, form: Any, change: bool) -> None:
        obj.lay_name = form.names()
        super().save_model(request, obj, form, change)


@admin.register(DiagnosisCode)
class DiagnosisCodeAdmin(KeptPages, admin.ModelAdmin):
    """ICD-10-CM: seventy thousand rows, so no page counts them all."""

    list_display = ("code", "text", "effective_from", "effective_until")
    search_fields = ("^code", "text")
    show_full_result_count = False
    list_per_page = 50

    def has_change_permission(self, request: HttpRequest, obj: DiagnosisCode | None = None) -> bool:
        """A code in use is looked at: the next release brings its changes."""
        return super().has_change_permission(request, obj) and (obj is None or not is_in_use(obj))
