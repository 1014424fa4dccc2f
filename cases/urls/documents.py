"""Addresses of the record: its list, each document, each page."""

from django.urls import URLPattern, path

from cases.views import documents, record

_ONE = "cases/<str:reference>/documents/<int:document_id>/"

urlpatterns: list[URLPattern] = [
    path("cases/<str:reference>/documents/", documents.documents, name="documents"),
    path(_ONE, documents.document, name="document"),
    path(f"{_ONE}file", documents.document_file, name="document-file"),
    path(f"{_ONE}pages/<int:number>", record.document_page, name="document-page"),
    path(f"{_ONE}pages/<int:number>/marks", record.document_page_marks, name="document-page-marks"),
    path(f"{_ONE}pages/<int:number>/image", record.document_page_image, name="document-page-image"),
]
