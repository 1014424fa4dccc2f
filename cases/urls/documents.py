"""Addresses of the documents views."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
