"""Addresses of the checklist views."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
