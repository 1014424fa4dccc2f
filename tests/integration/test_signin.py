"""Signing in and out, with and without htmx; the end of a session; what the bar shows to whom."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import path, reverse

from authreview import urls as product
from authreview.models import User
from authreview.roles import Role
from authreview.session import is_fresh, is_password_of_reader

PASSWORD = "correct horse battery"
HTMX = {"HX-Request": "true"}


def page(request):
    return render(request, "error.html", {"code": 200, "title": "A page", "sentence": "Of work.", "problems": (), "back": "", "start": "/"})


def freshness(request):
    answers = [is_fresh(request), is_password_of_reader(request, request.POST.get("password", "")), is_fresh(request)]
    return JsonResponse(answers, safe=False)


urlpatterns = [path("desk/", page), path("fresh/", freshness), *product.urlpatterns]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def nurse():
    user = User.objects.create_user("nurse", password=PASSWORD, first_name="Rita", last_name="Sample")
    user.groups.add(Group.objects.get_or_create(name=Role.NURSE)[0])
    return user


def fields(username="nurse", password=PASSWORD, **more):
    return {"username": username, "password": password, **more}


def test_works(client, nurse):
    shown = client.get(reverse("sign-in"), {"next": "/desk/"})
    answer = client.post(reverse("sign-in"), fields(next="/desk/"))
    assert (shown.status_code, answer.status_code, answer["Location"]) == (200, 302, "/desk/")
    assert "Rita Sample" in client.get("/desk/").text


def test_shows_errors(client, nurse):
    answer = client.post(reverse("sign-in"), fields(password="wrong horse"))
    assert answer.status_code == 422
    assert "User name and password do not fit together" in answer.text
    assert 'value="nurse"' in answer.text
    assert "wrong horse" not in answer.text


def test_goes_to_no_other_host(client, nurse):
    assert client.post(reverse("sign-in"), fields(next="https://elsewhere.example/"))["Location"] == "/"


def test_who_is_signed_in_needs_no_form(client, nurse):
    client.force_login(nurse)
    assert client.get(reverse("sign-in"), {"next": "/desk/"})["Location"] == "/desk/"


def test_page_sends_a_stranger_to_sign_in(client):
    assert client.get("/desk/?a=1")["Location"] == "/sign-in/?next=/desk/%3Fa%3D1"


def test_form_of_a_stranger_leads_back_to_its_page(client):
    answers = [
        client.post("/desk/", headers={"Referer": referrer}) for referrer in ("http://testserver/desk/?a=1", "http://elsewhere.example/x")
    ]
    assert [answer["Location"] for answer in answers] == ["/sign-in/?next=/desk/%3Fa%3D1", "/sign-in/?next=/"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_htmx_brings_the_form_to_the_page(client, method):
    answer = getattr(client, method)("/desk/", headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (401, "#dialog", "innerHTML")
    assert 'hx-post="/sign-in/"' in answer.text
    assert "<html" not in answer.text
    assert client.cookies["csrftoken"].value


def test_dialog_closes_when_signed_in(client, nurse):
    answer = client.post(reverse("sign-in"), fields(), headers=HTMX)
    assert (answer.status_code, answer.content, json.loads(answer["HX-Trigger"])) == (204, b"", {"signed-in": {"username": "nurse"}})
    assert client.get("/desk/").status_code == 200


def test_dialog_closes_when_another_window_was_quicker(client, nurse):
    client.force_login(nurse)
    assert client.post(reverse("sign-in"), fields(), headers=HTMX).status_code == 204


def test_dialog_shows_errors(client, nurse):
    answer = client.post(reverse("sign-in"), fields(password="wrong"), headers=HTMX)
    assert answer.status_code == 422
    assert "do not fit together" in answer.text
    assert "<html" not in answer.text


def test_signing_out_is_a_post(client, nurse):
    client.force_login(nurse)
    assert client.get(reverse("sign-out")).status_code == 405
    answer = client.post(reverse("sign-out"), follow=True)
    assert answer.redirect_chain == [("/sign-in/", 302)]
    assert "You are signed out." in answer.text
    assert client.get("/desk/").status_code == 302


def test_session_ends_when_nothing_is_asked_for(client, nurse, frozen, settings):
    settings.IDLE_TIMEOUT = timedelta(minutes=30)
    client.force_login(nurse)
    statuses = []
    for minutes in (0, 29, 29, 31):
        frozen.shift(timedelta(minutes=minutes))
        statuses.append(client.get("/desk/").status_code)
    assert statuses == [200, 200, 200, 302]


def test_session_is_written_once_a_minute(client, nurse, frozen, django_assert_num_queries):
    client.force_login(nurse)
    client.get("/desk/")
    with django_assert_num_queries(2):  # session, user with roles
        client.get("/desk/")
    frozen.shift(60)
    with django_assert_num_queries(5):  # the same, and the session within a savepoint
        client.get("/desk/")


def test_nothing_is_kept_by_the_browser(client, nurse):
    client.force_login(nurse)
    assert client.get("/desk/")["Cache-Control"] == "private, no-store"


def test_freshness_of_a_session(client, nurse, frozen):
    client.force_login(nurse)
    answers = [client.post("/fresh/", {"password": "wrong"}).json()]
    for _ in range(9):
        frozen.shift(timedelta(minutes=29))
        client.get("/desk/")
    answers += [client.post("/fresh/", {"password": password}).json() for password in ("", "wrong", PASSWORD)]
    assert answers == [[True, False, True], [False, False, False], [False, False, False], [False, True, True]]


def test_wrong_passwords_lock_the_account(client, nurse, settings):
    settings.AXES_ENABLED = True
    for _ in range(settings.AXES_FAILURE_LIMIT):
        page_answer = client.post(reverse("sign-in"), fields(password="wrong"))
    in_dialog = client.post(reverse("sign-in"), fields(), headers=HTMX)
    assert (page_answer.status_code, in_dialog.status_code) == (429, 403)
    assert "Too many wrong passwords. Try again in 15 minutes" in page_answer.text
    assert "Too many wrong passwords" in in_dialog.text
    assert client.get("/desk/").status_code == 302


def test_wrong_passwords_at_a_signature_lock_too(client, nurse, settings):
    settings.AXES_ENABLED = True
    client.force_login(nurse)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post("/fresh/", {"password": "wrong"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (403, "#messages")
    assert "Too many wrong passwords" in answer.text


@pytest.mark.parametrize(("is_staff", "status"), [(False, 403), (True, 302)])
def test_administration_has_no_door_of_its_own(client, nurse, is_staff, status):
    User.objects.filter(pk=nurse.pk).update(is_staff=is_staff)
    client.force_login(nurse)
    answer = client.get("/admin/login/")
    assert answer.status_code == status
    if not is_staff:
        assert "Your role does not open the administration." in answer.text


def test_bar_tells_who_and_where(client, nurse):
    client.force_login(nurse)
    bar = client.get("/desk/").text.split("<main")[0]
    assert ("Rita Sample" in bar, "UM nurse" in bar, "Administration" in bar) == (True, True, False)
    User.objects.filter(pk=nurse.pk).update(is_staff=True)
    assert "Administration" in client.get("/desk/").text.split("<main")[0]
