"""Addresses of the letters views."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
