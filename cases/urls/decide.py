"""Addresses of the decide views."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
