"""Who may go on, and how domain errors are answered. No rule of the work lives here."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from authreview.answers import page_before, refusal, retargeted
from authreview.errors import Incomplete, Refusal
from authreview.session import SEEN, SIGNED_IN

Answer = Callable[[HttpRequest], HttpResponse]
SEEN_EVERY_SECONDS = 60  # a session written at each request would cost every save one statement more


class ReadableAddress:
    """No address of ours holds a NUL, and PostgreSQL takes none: whoever looks it up would fail at it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any) -> None:
        if "\0" in request.path:
            raise Http404


class IdleTimeout:
    """Ends a session in which nothing was asked for settings.IDLE_TIMEOUT; notes when it began and was last used."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            seen = request.session.get(SEEN)
            if seen is not None and now - seen > settings.IDLE_TIMEOUT.total_seconds():
                logout(request)
            elif seen is None or now - seen >= SEEN_EVERY_SECONDS:
                request.session[SEEN] = now
                request.session.setdefault(SIGNED_IN, now)
        return self.get_response(request)


class SignInRequired(LoginRequiredMiddleware):
    """Every view asks for a signed-in person unless it says otherwise. Under htmx the page stays, and the form comes to it."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> HttpResponseBase:  # type: ignore[override]
        if request.htmx:  # type: ignore[attr-defined]
            form = AuthenticationForm(request)
            return retargeted(render(request, "registration/login.html#in-dialog", {"form": form}, status=401), "#dialog")
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        # What was to be written cannot be asked for with GET: back to the page that holds the form.
        return redirect_to_login(page_before(request) or "/", self.get_login_url(view_func), self.get_redirect_field_name(view_func))


class DomainErrors:
    """Denied, Conflict and Incomplete become 403, 409 and 422 with their sentence: no view catches them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        problems = exception.problems if isinstance(exception, Incomplete) else ()
        return refusal(request, exception.status, exception.sentence, problems=problems)


class NotKept:
    """No browser or proxy keeps what a signed-in person saw, unless the view says for how long: the back button asks again."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response
