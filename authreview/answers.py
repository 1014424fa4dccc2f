"""How a refusal or failure is answered: under htmx its sentence goes to #messages, otherwise it is a page."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from authreview.errors import Problem
from authreview.models import User
from authreview.templatetags.ui import WHO_SEES_CASES

TITLES = {
    400: "This could not be understood",
    403: "You may not do this",
    404: "This page is not here",
    409: "This has changed in the meantime",
    422: "Something is missing first",
    429: "Too many attempts",
    500: "Something went wrong",
}


def retargeted(response: HttpResponse, target: str) -> HttpResponse:
    """The same answer, put where a refusal belongs whatever the request aimed at, with the address left as it is."""
    response["HX-Retarget"] = target
    response["HX-Reswap"] = "innerHTML"
    response["HX-Push-Url"] = "false"
    return response


def refusal(request: HttpRequest, status: int, sentence: str, *, problems: Sequence[Problem] = (), title: str = "") -> HttpResponse:
    """One sentence, and what is missing. Status as given; TITLES has the heading of the page."""
    said: dict[str, object] = {"kind": "error", "text": sentence, "problems": problems}
    if getattr(request, "htmx", False):
        return retargeted(render(request, "components/message.html", said, status=status), "#messages")
    page = {"code": status, "title": title or TITLES[status], "sentence": sentence, "problems": problems, "back": page_before(request)}
    return render(request, "error.html", page | {"start": start_page(getattr(request, "user", None))}, status=status)


def failure(sentence: str) -> HttpResponse:
    """A 500 asks neither the session nor the database, which may be what failed."""
    page = {"code": 500, "title": TITLES[500], "sentence": sentence, "problems": (), "back": "", "start": "/"}
    return HttpResponse(render_to_string("error.html", page), status=500)


def start_page(user: object) -> str:
    """Where this person begins: who sees no cases does not begin at the worklist, which would refuse them."""
    if not isinstance(user, User) or not user.roles or user.is_superuser or user.has_role(*WHO_SEES_CASES):
        return "/"
    return reverse("admin:index" if user.is_staff else "policies")


def page_before(request: HttpRequest) -> str:
    """Path of the page of ours that the request came from, or nothing."""
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(referrer)
    before = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if not url_has_allowed_host_and_scheme(before, None):  # "//elsewhere" is a path there, and would be another site in a link
        return ""
    return "" if before == request.get_full_path() else before
