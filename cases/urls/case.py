"""Addresses of the case views."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
