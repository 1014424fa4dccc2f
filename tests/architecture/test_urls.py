"""Every address asks who is there before it answers."""

import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.exceptions import Resolver404
from django.utils.regex_helper import normalize

OPEN = {"/sign-in/", "/healthz", "/policies/public/1"}
SIGN_IN = ("/sign-in/", "/admin/login/")
ARGUMENTS = ("1", "auth", "x", "x-1", str(uuid.UUID(int=1)), "2026-03-10", "64405")


def patterns(resolver, before=""):
    for entry in resolver.url_patterns:
        regex = before + entry.pattern.regex.pattern.removeprefix("^").removesuffix("\\Z").removesuffix("$")
        if isinstance(entry, URLResolver):
            yield from patterns(entry, regex)
        elif isinstance(entry, URLPattern):
            yield regex, entry


def address(regex, entry):
    """An address that leads to this very pattern, or to the one that stands before it."""
    shadowed = ""
    for template, names in normalize(regex):
        for value in ARGUMENTS:
            path = "/" + template % dict.fromkeys(names, value)
            try:
                found = get_resolver().resolve(path)
            except Resolver404:
                continue
            if found.func == entry.callback:
                return path
            shadowed = path
    assert shadowed, f"no address found that leads to {regex}: add an argument to try"
    return shadowed


@pytest.mark.django_db
def test_an_anonymous_visitor_is_refused_everywhere(client):
    answered = []
    for path in sorted({address(regex, entry) for regex, entry in patterns(get_resolver())} - OPEN):
        for ask in (client.get, client.post):
            response = ask(path)
            sent_to_sign_in = response.status_code == 302 and response["Location"].startswith(SIGN_IN)
            if not sent_to_sign_in and response.status_code not in {401, 403, 405}:
                answered.append((path, response.status_code))
    assert answered == []


def test_open_addresses_exist():
    assert {path for path in OPEN if get_resolver().resolve(path)} == OPEN
