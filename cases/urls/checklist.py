"""Addresses of the checklist's saves."""

from django.urls import URLPattern, path

from cases.views import checklist

_LINE = "cases/<str:reference>/lines/<int:number>/"

urlpatterns: list[URLPattern] = [
    path(f"{_LINE}findings/<str:criterion>", checklist.finding, name="finding"),
    path(f"{_LINE}findings/<str:criterion>/fact", checklist.fact, name="finding-fact"),
    path(f"{_LINE}cite", checklist.cite, name="cite"),
    path(f"{_LINE}proposals", checklist.proposals, name="proposals"),
    path(f"{_LINE}rest", checklist.rest, name="rest"),
    path(f"{_LINE}flags/<slug:key>", checklist.flag, name="flag"),
]
