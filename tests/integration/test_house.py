"""The house itself: health, headers, what a log may say."""

import json
import logging
import re
import sys

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.http import HttpResponse

from authreview.logs import RequestLog, error_without_values
from authreview.origin import client_address, current_origin


@pytest.mark.postgres
@pytest.mark.django_db
def test_health_asks_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_health_says_when_the_database_is_away(client):
    def away(execute, sql, params, many, context):
        raise OperationalError("no such host")

    with connection.execute_wrapper(away):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (503, b"database\n")


@pytest.mark.django_db
def test_content_security_policy(client):
    assert set(client.get("/healthz")["Content-Security-Policy"].split("; ")) == {
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    }


def test_log_of_a_request_leaves_out_what_was_searched(rf):
    assert RequestLog.format_request(rf.get("/", {"q": "Rosa Delgado"})) == "GET /"


def test_log_of_an_error_leaves_out_its_message():
    try:
        try:
            raise ValueError("born 1961-04-02")
        except ValueError as cause:
            raise IntegrityError("Failing row contains (Rosa Delgado)") from cause
    except IntegrityError:
        event = error_without_values(logging.getLogger(), "error", {"event": "request_failed", "exc_info": sys.exc_info()})
    assert event["error"] == ["django.db.utils.IntegrityError", "builtins.ValueError"]
    assert event["at"][0].startswith(__file__)
    assert "Rosa" not in json.dumps(event)
    assert "1961" not in json.dumps(event)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "127.0.0.1"),
        (0, "198.51.100.9", "127.0.0.1"),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "10.0.0.1, 198.51.100.9", "198.51.100.9"),
        (2, "10.0.0.1, 198.51.100.9, 192.0.2.4", "198.51.100.9"),
        (1, "", "127.0.0.1"),
    ],
)
def test_address_of_a_visitor_cannot_be_made_up(rf, settings, proxies, forwarded, address):
    settings.PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(rf.get("/", headers=headers)) == address


def test_origin_lasts_as_long_as_the_request(rf):
    seen = []

    def answer(request):
        seen.append(current_origin())
        return HttpResponse()

    RequestLog(answer)(rf.get("/"))
    assert re.fullmatch(r"127\.0\.0\.1 [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}", seen[0])
    assert current_origin() == ""
