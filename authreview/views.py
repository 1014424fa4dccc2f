"""Signing in and out, and the pages of refusals and failures. Nothing of the review work."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django_htmx.http import trigger_client_event

from authreview import answers
from authreview.errors import Denied

DIALOG = "registration/login.html#in-dialog"
PAGE = "registration/login.html"


class SignInForm(AuthenticationForm):
    """Django's, in our words. It never says which of the two was wrong."""

    error_messages = {
        "invalid_login": "User name and password do not fit together. Capital letters count.",
        "inactive": "This account is closed. Ask an administrator.",
    }


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """A page; or, over the page where a session ended, the dialog's fragment, which closes by the event signed-in."""

    template_name = PAGE
    authentication_form = SignInForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.redirect_authenticated_user = not request.htmx  # type: ignore[attr-defined]
        return super().dispatch(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return [DIALOG if self.request.htmx else PAGE]  # type: ignore[attr-defined]

    def get_success_url(self) -> str:
        url = super().get_success_url()
        return answers.start_page(self.request.user) if url == "/" else url

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        if not self.request.htmx:  # type: ignore[attr-defined]
            return response
        return trigger_client_event(HttpResponse(status=204), "signed-in", {"username": self.request.user.get_username()})

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignOut(LogoutView):
    """By POST alone; the sign-in page says that it is done."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        messages.success(request, "You are signed out.")
        return response


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The admin site sends here whom it does not let in; there is one sign-in, so they are signed in and the role is what is missing."""
    if not request.user.is_staff:
        raise Denied("Your role does not open the administration.")
    return redirect("admin:index")


def locked_out(request: HttpRequest, answer: HttpResponse | None = None, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """Too many wrong passwords, on signing in or at a signature (django-axes calls this)."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    sentence = f"Too many wrong passwords. Try again in {minutes} minutes, or ask an administrator."
    if request.path != reverse("sign-in"):
        return answers.refusal(request, 403, sentence)
    in_dialog = request.htmx  # type: ignore[attr-defined]
    context = {"form": SignInForm(request), "sentence": sentence}
    return render(request, DIALOG if in_dialog else PAGE, context, status=403 if in_dialog else 429)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's own page would be swapped into a row and brings an inline style."""
    sentence = (
        "This page was open for too long, or cookies are blocked, so nothing was saved. Load the page again and repeat the last step."
    )
    return answers.refusal(request, 403, sentence, title="This page is too old to send from")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1024 / 1024
        return answers.refusal(
            request, 413, f"This text is larger than {most:.1f} MB, and nothing was saved.", title="This is too much at once"
        )
    return answers.refusal(request, 400, "The server could not make sense of this request, and nothing was saved.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answers.refusal(request, 403, "Your role does not open this page.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answers.refusal(request, 404, "There is nothing at this address, or your role does not show it.")


def server_error(request: HttpRequest) -> HttpResponse:
    return answers.failure(
        "Something went wrong on the server, and nothing was saved. It is in the log. Try again, or tell an administrator."
    )
