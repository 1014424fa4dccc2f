"""The start page of the administration: what waits for this person, then what they keep."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from authreview.models import User
from cases.models import LetterText
from cases.permissions import can, check_keep_codes
from cases.presenters.start import Entry, Group, kept, policies_waiting, settings_waiting
from cases.queries.start import to_keep
from criteria.models import PolicyVersion
from criteria.waiting import reviews, versions_in_work


def page(request: HttpRequest) -> HttpResponse:
    """In the place of Django's index, with what that one says."""
    waiting = _waiting(request, request.user) if isinstance(request.user, User) else []
    apps = admin.site.get_app_list(request)
    keeps_codes = can(check_keep_codes, request.user)
    more = {"Policies": [Entry("Which rule governs?", reverse("governing"), "By code, plan, line of business and day, and why.")]}
    if keeps_codes:
        more["Plans and codes"] = [
            Entry(
                "Code sets",
                reverse("code-sets"),
                "Words for members and unit rules by procedure code; releases and licensed tables.",
                (("Import a file", reverse("code-import")),),
            ),
            Entry("Lines of business", reverse("admin:cases_plan_lines"), "Their plans, policies and deadlines."),
        ]
    return admin.site.index(request, {"groups": waiting, "kept": kept(apps, more) if apps else []})


def _waiting(request: HttpRequest, user: User) -> list[Group]:
    """By what this person's role opens."""
    site, today = admin.site, timezone.localdate()
    groups = []
    if site.get_model_admin(PolicyVersion).has_view_permission(request):
        groups += policies_waiting(user, versions_in_work(), reviews(today), today)
    if site.get_model_admin(LetterText).has_add_permission(request):
        groups += settings_waiting(user, to_keep(today))
    return groups


start = admin.site.admin_view(page)
