"""Addresses of the intake views."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
