"""Addresses of intake: the form, what it looks up, and its quiet saving."""

from django.urls import path

from cases.views import intake

urlpatterns = [
    path("cases/new/", intake.intake, name="intake-new"),
    path("cases/new/autosave", intake.autosave, name="intake-autosave"),
    path("cases/new/members", intake.member_options, name="intake-members"),
    path("cases/new/diagnoses", intake.diagnosis_options, name="intake-diagnoses"),
    path("cases/new/services", intake.service_hint, name="intake-services"),
    path("cases/<str:reference>/intake/", intake.intake, name="intake"),
]
