"""Addresses of the worklist views."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
