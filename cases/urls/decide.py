"""Addresses of deciding: asking, receiving, referring, approving, signing, and the summary."""

from django.urls import path

from cases.views import decide, information, signoff, summary

_CASE = "cases/<str:reference>/"
_LINE = f"{_CASE}sign-off/<int:number>"

urlpatterns = [
    path(f"{_CASE}request", information.ask, name="information-request"),
    path(f"{_CASE}request/letters", information.ask_foreseen, name="information-foreseen"),
    path(f"{_CASE}requests/<int:request_id>", information.received, name="information-received"),
    path(f"{_CASE}referral", decide.refer, name="referral"),
    path(f"{_CASE}approve", decide.approve, name="approve"),
    path(f"{_CASE}sign-off", signoff.sign_off, name="sign-off"),
    path(_LINE, signoff.sign_off_line, name="sign-off-line"),
    path(f"{_LINE}/reason", signoff.reason, name="sign-off-reason"),
    path(f"{_LINE}/peer-to-peer", signoff.peer_to_peer, name="peer-to-peer"),
    path(f"{_CASE}summary", summary.summary_page, name="summary"),
    path(f"{_CASE}summary.pdf", summary.summary_pdf, name="summary-pdf"),
]
