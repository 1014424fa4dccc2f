"""Addresses of policies for other systems; below /policies/."""

from django.urls import path

from . import views_exchange

urlpatterns = [
    path("archive.zip", views_exchange.policies_archive, name="policies-archive"),
    path("<slug:slug>/questionnaires/<path:version>", views_exchange.policy_questionnaires, name="policy-questionnaires"),
    path("<slug:slug>/rules/<slug:rule>/questionnaire/<path:version>", views_exchange.policy_questionnaire, name="policy-questionnaire"),
]
