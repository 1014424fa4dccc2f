"""Addresses of the worklist, the list of cases, and who has a case."""

from django.urls import path

from cases.views import worklist

urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("take-next/", worklist.take, name="take-next"),
    path("cases/", worklist.cases, name="cases"),
    path("cases/<str:reference>/assignment/", worklist.assignment, name="assignment"),
]
