"""Addresses of the case page and what is kept on it."""

from django.urls import URLPattern, path

from cases.views import case, facts

_CASE = "cases/<str:reference>/"

urlpatterns: list[URLPattern] = [
    path(_CASE, case.case, name="case"),
    path(f"{_CASE}lines/<int:number>", case.case_line, name="case-line"),
    path(f"{_CASE}notes", case.notes, name="notes"),
    path(f"{_CASE}contacts", case.contacts, name="contacts"),
    path(f"{_CASE}amendments", case.amendments, name="amendments"),
    path(f"{_CASE}lines/end", case.end_lines, name="end-lines"),
    path(f"{_CASE}facts/confirm", facts.confirm_all, name="facts-confirm"),
    path(f"{_CASE}facts/<slug:kind>", facts.new_fact, name="fact-new"),
    path(f"{_CASE}facts/<slug:kind>/<int:fact_id>", facts.fact, name="fact"),
]
