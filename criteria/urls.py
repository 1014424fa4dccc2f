"""Addresses of the reading room."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.policies, name="policies"),
    path("public/<slug:slug>", views.public, name="policy-public"),
    path("<slug:slug>/", views.policy, name="policy"),
    path("<slug:slug>/versions/<path:version>", views.policy_version, name="policy-version"),
    path("<slug:slug>/files/<path:version>", views.policy_file, name="policy-file"),
]
