"""Addresses of letters: of one case, and of the letters desk."""

from django.urls import path

from cases.views import letters

_LETTERS = "cases/<str:reference>/letters"
_ONE = f"{_LETTERS}/<int:letter_id>"

urlpatterns = [
    path(_LETTERS, letters.letters, name="letters"),
    path(f"{_LETTERS}/issue", letters.letters_issue, name="letters-issue"),
    path(f"{_LETTERS}/draft/<slug:key>.pdf", letters.letter_draft_pdf, name="letter-draft-pdf"),
    path(_ONE, letters.letter, name="letter"),
    path(f"{_ONE}.pdf", letters.letter_pdf, name="letter-pdf"),
    path(f"{_ONE}/void", letters.letter_void, name="letter-void"),
    path(f"{_ONE}/delivery", letters.letter_delivery, name="letter-delivery"),
    path("letters/print", letters.letters_print, name="letters-print"),
    path("letters/print.pdf", letters.letters_print_pdf, name="letters-print-pdf"),
]
