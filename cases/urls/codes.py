"""Addresses of the code sets: lists, a code with its versions, imports."""

from django.urls import URLPattern, path

from cases.views import code_import, codes

urlpatterns: list[URLPattern] = [
    path("code-sets/", codes.code_sets, name="code-sets"),
    path("code-sets/import/", code_import.bring, name="code-import"),
    path("code-sets/import/<str:token>/", code_import.preview, name="code-import-preview"),
    path("code-sets/import/<str:token>/changes.csv", code_import.changes, name="code-import-changes"),
    path("code-sets/new/", codes.code_new, name="code-new"),
    path("code-sets/wording", codes.code_wording, name="code-wording"),
    path("code-sets/codes/<str:code>/", codes.code, name="code"),
    path("code-sets/codes/<str:code>/end", codes.code_end, name="code-end"),
    path("code-sets/<str:code_set>/", codes.codes, name="codes"),
]
