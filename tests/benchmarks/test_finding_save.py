"""One finding saved, side by side with its floors: prints ratios, asserts statements. A policy of 40 criteria, 30 of them answered.

b1: session, user, `update()`, "ok". b3, the fair floor: form, transaction, lock the row, save, render the same row partial.
"""

import time
from itertools import islice
from statistics import median

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import render
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from authreview.canonical import canonical, sha256
from authreview.urls import *  # noqa: F403  the handlers of errors too
from authreview.urls import urlpatterns as own
from cases.models import Finding, ServiceLine
from cases.presenters.row import Status
from criteria.models import Policy, PolicyVersion
from tests.factories import founding_case, mark, user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__), pytest.mark.postgres]
ROUNDS, WARM_UP = 300, 30
TOKEN = "t" * 32


class FloorForm(ModelForm):
    class Meta:
        model = Finding
        fields = ("value", "note")


def bare(request, pk):
    Finding.objects.filter(pk=pk).update(value=request.POST["value"])
    return HttpResponse(f"ok {request.user.pk}")


def floor(request, pk):
    with transaction.atomic():
        row = Finding.objects.select_for_update().get(pk=pk)
        form = FloorForm(request.POST, instance=row)
        form.is_valid()
        form.save()
    words = dict.fromkeys(("untyped", "computed", "searched", "stale"), "")
    answer = {"id": row.criterion, "number": 1, "version": 1, "value": row.value, "word": "Met", "evidence": [], "proposal": None}
    shown = Status(**answer, **words, bare=False, who=request.user.username, at=row.at, is_open=False, frozen=False)
    return render(request, "cases/checklist/status.html", {"s": shown, "oob": False})


urlpatterns = [path("bare/<int:pk>", bare), path("floor/<int:pk>", floor), *own]


def forty():
    """A rule of 40 criteria in groups of every kind."""
    made = iter(range(40))

    def criteria(number):
        return [
            {"id": f"c{n:02}", "text": f"Criterion {n}", "ask": {"en": "Ask"}, "reason": {"en": "Reason"}, "evidence": "optional"}
            for n in islice(made, number)
        ]

    groups = [{"any": criteria(4)}, {"at_least": {"n": 2, "of": criteria(5)}}, {"none": criteria(5)}, {"all": criteria(6)}]
    return {"all": [*criteria(20), *groups]}


@pytest.fixture
def line(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = founding_case("a")
    shipped = PolicyVersion.objects.get(policy__slug="trigger-point-injections")
    rule = {"id": "tpi", "codes": ["20553"], "name": "Forty", "lay_name": {"en": "forty"}, "authority": "nurse", "criteria": forty()}
    document = {**shipped.document, "policy": "forty", "title": "Forty", "rules": [rule], "examples": [], "references": []}
    people = {name: getattr(shipped, name) for name in ("drafted_by", "drafted_at", "basis_rank", "effective_from")}
    digest = sha256(canonical(document))
    PolicyVersion.objects.create(policy=Policy.objects.create(slug="forty"), version="1", document=document, digest=digest, **people)
    line = ServiceLine.objects.get(case=case, number=1)
    line.pinned = [{"policy": "forty", "version": "1", "digest": digest, "rule": "tpi", "title": "Forty"}]
    line.proposals, line.flags = {}, []
    line.save()
    for number in range(30):
        mark(case, 1, f"c{number:02}", "met" if number % 3 else "unclear")
    return line


def medians(posts):
    """Milliseconds for each of the requests, taken in turn."""
    took = {name: [] for name in posts}
    for turn in range(ROUNDS + WARM_UP):
        for name, post in posts.items():
            started = time.perf_counter()
            post(turn)
            if turn >= WARM_UP:
                took[name].append((time.perf_counter() - started) * 1000)
    return {name: median(times) for name, times in took.items()}


@pytest.fixture
def post(client, line):
    """A request through the whole WSGI stack, as a server makes it: the test client would copy every template's context."""
    client.force_login(user("nurse"))
    cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": TOKEN}
    app, factory = WSGIHandler(), RequestFactory()
    factory.cookies.load(cookies)

    def send(url, data):
        environ = factory.post(url, data, headers={"X-CSRFToken": TOKEN, "HX-Request": "true"}).environ
        answered = []
        body = b"".join(app(environ, lambda status, headers: answered.append(status)))
        assert answered == ["200 OK"], body
        return body

    return send


def test_finding_save(post, line, capsys):
    row = Finding.objects.get(line=line, criterion="c05")
    url = reverse("finding", args=[line.case.reference, 1, "c05"])
    version = row.version

    def save(turn):
        nonlocal version
        body = post(url, {"value": ("unclear", "met")[turn % 2], "note": "", "version": version})
        version += 1
        return body

    posts = {
        "bare update": lambda turn: post(f"/bare/{row.pk}", {"value": ("unclear", "met")[turn % 2]}),
        "fair floor": lambda turn: post(f"/floor/{row.pk}", {"value": ("unclear", "met")[turn % 2], "note": ""}),
        "saved": save,
    }
    for each in posts.values():
        each(0)
        each(1)
    with CaptureQueriesContext(connection) as asked:
        body = save(0)
    assert b'data-value="unclear"' in body
    statements = [each["sql"] for each in asked if not each["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    took = medians(posts)
    with capsys.disabled():
        ratios = ", ".join(f"{took['saved'] / took[name]:.2f} x {name} ({took[name]:.2f} ms)" for name in ("fair floor", "bare update"))
        print(f"\n{connection.vendor}: one finding saved {took['saved']:.2f} ms, {ratios}; {len(statements)} statements")
    assert len(statements) == 7, statements
