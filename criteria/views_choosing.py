"""Which rule governs a code for a plan, line of business and state on a day, and why. Reads only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .choosing import choice, known_codes, named_plans
from .forms_choosing import PlaceForm


@require_safe
def governing(request: HttpRequest) -> HttpResponse:
    """The question, and with a code its answer. Everybody who is signed in reads policies."""
    form = PlaceForm(request.GET if "code" in request.GET else None, codes=known_codes(), plans=named_plans())
    found = choice(form.place) if form.is_bound and form.is_valid() else None
    return render(request, "policies/governing.html", {"form": form, "choice": found}, status=422 if form.errors else 200)
