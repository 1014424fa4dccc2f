"""Plans: what letters print of them, and the code that policies name."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from authreview.admin import KeptPages
from cases.models import Plan
from cases.presenters.plans import for_plan, lines_of_business
from cases.queries.plans import plans_and_rules
from criteria.audience import audiences

LINES = {"address": "Address of the plan", "appeals_address": "Where appeals go"}
WORDS = {
    "phone": "Telephone",
    "tty": "TTY",
    "fax": "Fax for records",
    "appeals_fax": "Fax for appeals",
    "peer_phone": "Telephone of the reviewing physicians",
}
HOURS = {"hours_en": ("en", "Hours, in English"), "hours_es": ("es", "Hours, in Spanish")}


class PlanForm(forms.ModelForm):
    """The contact of a plan as fields; keys that this form does not know stay as they are."""

    address = forms.CharField(label=LINES["address"], required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="One line each.")
    appeals_address = forms.CharField(label=LINES["appeals_address"], required=False, widget=forms.Textarea(attrs={"rows": 4}))
    phone = forms.CharField(label=WORDS["phone"], required=False, max_length=40)
    tty = forms.CharField(label=WORDS["tty"], required=False, max_length=40)
    hours_en = forms.CharField(label=HOURS["hours_en"][1], required=False, max_length=120)
    hours_es = forms.CharField(label=HOURS["hours_es"][1], required=False, max_length=120)
    fax = forms.CharField(label=WORDS["fax"], required=False, max_length=40)
    appeals_fax = forms.CharField(label=WORDS["appeals_fax"], required=False, max_length=40)
    peer_phone = forms.CharField(label=WORDS["peer_phone"], required=False, max_length=40)

    class Meta:
        model = Plan
        fields = ("code", "name", "line_of_business", "state", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact = self.instance.contact or {}
        hours = contact.get("hours") if isinstance(contact.get("hours"), dict) else {}
        self.initial.update({name: "\n".join(contact.get(name) or []) for name in LINES})
        self.initial.update({name: contact.get(name, "") for name in WORDS})
        self.initial.update({name: (hours or {}).get(language, "") for name, (language, _) in HOURS.items()})

    def clean_state(self) -> str:
        return str(self.cleaned_data["state"]).upper()

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone not in available_timezones():
            raise forms.ValidationError("No such time zone. One is America/New_York.")
        return zone

    def contact(self) -> dict[str, Any]:
        """The plan's contact with what was typed; what is empty is left out."""
        given = self.cleaned_data
        found = {key: value for key, value in (self.instance.contact or {}).items() if key not in {*LINES, *WORDS, "hours"}}
        found |= {name: [line.strip() for line in given[name].splitlines() if line.strip()] for name in LINES if given[name].strip()}
        found |= {name: given[name] for name in WORDS if given[name]}
        hours = {language: given[name] for name, (language, _) in HOURS.items() if given[name]}
        return found | ({"hours": hours} if hours else {})


@admin.register(Plan)
class PlanAdmin(KeptPages, SimpleHistoryAdmin):
    """Every change is kept, with who made it; nothing is reverted by a button."""

    form = PlanForm
    change_form_template = "admin/cases/plan.html"
    change_list_template = "admin/cases/plans.html"
    list_display = ("name", "code", "line_of_business", "state")
    list_filter = ("line_of_business",)
    search_fields = ("name", "code")
    fieldsets = (
        (None, {"fields": ("code", "name", "line_of_business", "state", "time_zone")}),
        ("What letters print", {"fields": ("address", "phone", "tty", "hours_en", "hours_es", "fax")}),
        ("Appeals and peer-to-peer", {"fields": ("appeals_address", "appeals_fax", "peer_phone")}),
    )

    def get_urls(self) -> list[URLPattern]:
        lines = path("lines-of-business/", self.admin_site.admin_view(self.lines), name="cases_plan_lines")
        return [lines, *super().get_urls()]

    def lines(self, request: HttpRequest) -> HttpResponse:
        """The five lines of business, each with its plans, the policies that name it and its turnaround rules."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        plans, rules = plans_and_rules(today)
        return render(request, "admin/cases/lines.html", {"lines": lines_of_business(plans, rules, audiences(today), today)})

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form with the policies that are for this plan."""
        plan = self.get_object(request, object_id)
        today = timezone.localdate()
        groups = for_plan(plan, audiences(today), today) if plan is not None else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "groups": groups})

    def get_fieldsets(self, request: HttpRequest, obj: Plan | None = None) -> Any:
        """Who may only look sees the contact as it is stored: the fields above belong to the form."""
        if not self.has_change_permission(request, obj) and obj is not None:
            return ((None, {"fields": ("code", "name", "line_of_business", "state", "time_zone", "contact")}),)
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Plan | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()  # policies name plans by it

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> None:
        obj.contact = form.contact()
        super().save_model(request, obj, form, change)

    def revert_disabled(self, request: HttpRequest, obj: Plan | None = None) -> bool:
        return True
