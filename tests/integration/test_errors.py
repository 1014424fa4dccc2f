"""Every refusal and failure, as a page and under htmx: one sentence, and the way to what is missing."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client
from django.urls import path, reverse

from authreview import urls as product
from authreview.errors import Conflict, Denied, Incomplete, Problem
from authreview.models import User
from authreview.views import server_error
from tests.factories import user

HTMX = {"HX-Request": "true"}
MISSING = [Problem("Line 3, rationale", "/cases/1#rationale", "is empty"), Problem("Line 3, <basis>")]


def raising(error):
    def view(request):
        raise error

    return view


urlpatterns = [
    path("denied/", raising(Denied("Only a medical director may decide this line."))),
    path("conflict/", raising(Conflict("Somebody has changed this finding since you opened it."))),
    path("incomplete/", raising(Incomplete("Two things are missing.", MISSING))),
    path("forbidden/", raising(PermissionDenied())),
    path("gone/", raising(Http404())),
    path("odd/", raising(SuspiciousOperation())),
    path("broken/", raising(ZeroDivisionError())),
    *product.urlpatterns,
]
handler400, handler403, handler404, handler500 = product.handler400, product.handler403, product.handler404, product.handler500
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

REFUSALS = [
    ("denied", 403, "Only a medical director may decide this line."),
    ("conflict", 409, "Somebody has changed this finding since you opened it."),
    ("incomplete", 422, "Two things are missing."),
    ("forbidden", 403, "Your role does not open this page."),
    ("gone", 404, "There is nothing at this address"),
    ("odd", 400, "The server could not make sense of this request"),
]


@pytest.fixture
def reader(client):
    client.force_login(User.objects.create_user("reader"))
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(("name", "status", "sentence"), REFUSALS)
def test_works_without_htmx(reader, name, status, sentence):
    answer = reader.get(f"/{name}/", headers={"Referer": "http://testserver/cases/1?line=2"})
    assert answer.status_code == status
    assert sentence in answer.text
    assert 'href="/cases/1?line=2"' in answer.text
    assert "<title>" in answer.text


@pytest.mark.parametrize(("name", "status", "sentence"), REFUSALS)
def test_works(reader, name, status, sentence):
    answer = reader.post(f"/{name}/", headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (status, "#messages", "innerHTML")
    assert sentence in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_what_is_missing_is_linked(reader, headers):
    text = reader.get("/incomplete/", headers=headers).text
    assert '<li><a href="/cases/1#rationale">Line 3, rationale</a>: is empty</li>' in text
    assert "<li>Line 3, &lt;basis&gt;</li>" in text


def test_way_back_leads_nowhere_else(reader):
    texts = [
        reader.get("/gone/", headers={"Referer": referrer}).text
        for referrer in ("http://elsewhere.example/", "http://testserver/gone/", "")
    ]
    assert ["Back to where you were" in text for text in texts] == [False, False, False]


def test_failure_asks_no_database(reader, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = server_error(None)
    assert answer.status_code == 500
    assert "nothing was saved" in answer.text
    assert reader.get("/broken/").text == answer.text


def test_stranger_meets_no_reader_in_the_bar(client):
    answer = client.get("/nowhere/at/all/")
    assert answer.status_code == 404
    assert "Sign out" not in answer.text


@pytest.mark.parametrize(("headers", "has_page"), [({}, True), (HTMX, False)], ids=["page", "htmx"])
def test_forged_or_stale_token(headers, has_page):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_user("reader"))
    answer = strict.post(reverse("sign-out"), headers=headers)
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.text
    assert ("<html" in answer.text, answer.get("HX-Retarget")) == (has_page, None if has_page else "#messages")


def test_no_answer_holds_anything_inline(reader):
    texts = [reader.get(f"/{name}/").text for name, _, _ in REFUSALS]
    assert [("<style" in text, " style=" in text, "<script>" in text) for text in texts] == [(False, False, False)] * len(texts)


@pytest.mark.parametrize(
    ("role", "start"),
    [("nurse", "/"), ("auditor", "/"), ("policy_editor", "/admin/"), ("policy_approver", "/admin/"), ("admin", "/admin/")],
)
def test_the_start_page_is_one_that_opens(client, role, start):
    person = user(role, is_staff=start == "/admin/")
    client.force_login(person, backend="authreview.backends.RoleBackend")
    answer = client.get("/gone/")
    assert f'href="{start}">Go to the start page' in answer.text
    assert client.get(start).status_code == 200
