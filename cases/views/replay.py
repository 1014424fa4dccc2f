"""Replaying a draft over decided lines: asking for it, watching it, and the lines that would not stand."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from authreview.numbers import whole_number
from cases import permissions
from cases.actions.replay import may_start_again, start_replay
from cases.forms.replay import ReplayForm
from cases.models.replay import ReplayRun
from cases.presenters import replay as presenter
from cases.queries import replaying
from cases.replay import Effect
from cases.tasks import replay_policy
from criteria.format import parse

from .loaders import UserRequest

ENDED = (ReplayRun.Status.DONE, ReplayRun.Status.FAILED)


@require_http_methods(["GET", "HEAD", "POST"])
def policy_replay(request: UserRequest, slug: str, version: str) -> HttpResponse:
    """The runs of a version, and the form for another. The same months on the same day are the same run."""
    (permissions.check_replay if request.method == "POST" else permissions.check_read_replay)(request.user)
    found = replaying.version_of(slug, version)
    if found is None:
        raise Http404(f"There is no version {version} of {slug}.")
    form = ReplayForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        now = timezone.now()
        run = start_replay(version_id=found.pk, months=form.cleaned_data["months"], by=request.user, at=now)
        if run.started_at == now:
            replay_policy.enqueue(run.pk)
        return redirect("replay-run", run.pk)
    why_not = permissions.why_not(permissions.check_replay, request.user)
    context = {"version": found, "form": form, "runs": replaying.runs_of(found), "why_not": why_not}
    return render(request, "cases/replay.html", context, status=422 if form.errors else 200)


@require_safe
def replay_run(request: UserRequest, number: int) -> HttpResponse:
    """One run. While it is read the page asks for its state again; without scripts it loads itself anew."""
    permissions.check_read_replay(request.user)
    run = replaying.run_with(number)
    if run is None:
        raise Http404(f"There is no replay {number}.")
    response = render(request, "cases/replay_run.html#state" if request.htmx else "cases/replay_run.html", _context(request, run))  # type: ignore[attr-defined]
    patch_vary_headers(response, ["HX-Request"])
    return response


def _context(request: UserRequest, run: ReplayRun) -> dict[str, Any]:
    asked = request.GET.get("effect", "")
    effect = asked if asked in (Effect.INFORMATION, Effect.TURNS, Effect.OUTSIDE) else ""
    after = request.GET.get("after", "")
    lines, more = replaying.lines_of(run, effect, whole_number(after) or 0) if effect else ([], False)
    words = presenter.words_of(parse(document) for document in replaying.documents_beside(run.version))
    why_closed = permissions.why_not(permissions.check_read, request.user)
    return {
        "run": run,
        "is_ended": run.status in ENDED,
        "concerned": sum(getattr(run, each.value) for each in Effect),
        "counts": presenter.counts(run, effect),
        "asked": presenter.asked_rows(run, words),
        "rows": presenter.line_rows(lines, words, may_open=not why_closed),
        "why_closed": why_closed,
        "may_start": permissions.can(permissions.check_replay, request.user),
        "may_start_again": run.digest == run.version.digest and may_start_again(run, timezone.now()),
        "effect": effect,
        "shown": presenter.WORDS[Effect(effect)][1] if effect else "",
        "next_url": f"{request.path}?effect={effect}&after={lines[-1].pk}#lines" if more else "",
    }
