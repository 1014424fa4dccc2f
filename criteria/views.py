"""The reading room: policies as reviewers read them, and the public page of each published policy. Nothing is written here."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from .comparison import changes
from .format import dump, parse
from .models import PolicyVersion
from .presenters.document import policy_view
from .presenters.life import change_rows, steps, version_line
from .queries import Shelf, exceptions_of, library, shelf


@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """Every published policy with what is in force today; `?q=` looks in title, slug and codes."""
    today, words = timezone.localdate(), request.GET.get("q", "").strip()
    shelves = [each for each in library(today) if _speaks_of(each, words)]
    rows = [(each, version_line(each.shown, today, each.now), sorted(code.code for code in each.shown.codes.all())) for each in shelves]
    return render(request, "policies/policies.html", {"rows": rows, "words": words})


@require_safe
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """The version that a reader wants first."""
    found = _shelf(slug)
    return _page(request, found, found.shown)


@require_safe
def policy_version(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Any version that was ever published; `?since=` compares it with that one instead of the one before it."""
    found, since = _shelf(slug), request.GET.get("since", "")
    return _page(request, found, _version(found, version), _version(found, since) if since else None)


@require_safe
def policy_file(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The policy as the file it is."""
    found = _version(_shelf(slug), version)
    return yaml_answer(found)


@require_safe
@login_not_required
def public(request: HttpRequest, slug: str) -> HttpResponse:
    """For members and practices: criteria, references, dates. No sign-in, no reviewer's notes."""
    found, today = _shelf(slug), timezone.localdate()
    shown = found.shown
    base = shelf(shown.overlays, today) if shown.overlays else None
    return render(
        request,
        "policies/public.html",
        {
            "version": shown,
            "line": version_line(shown, today, found.now),
            "view": policy_view(parse(shown.document)),
            "base": base.shown if base else None,
            "exceptions": exceptions_of(slug, today),
        },
    )


def yaml_answer(version: PolicyVersion) -> HttpResponse:
    """The document as a download under its own name."""
    answer = HttpResponse(dump(version.document), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{version.policy.slug}.yaml"'
    return answer


def _shelf(slug: str) -> Shelf:
    found = shelf(slug, timezone.localdate())
    if found is None:
        raise Http404
    return found


def _version(found: Shelf, name: str) -> PolicyVersion:
    version = next((each for each in found.versions if each.version == name), None)
    if version is None:
        raise Http404
    return version


def _page(request: HttpRequest, found: Shelf, version: PolicyVersion, since: PolicyVersion | None = None) -> HttpResponse:
    today, tree = timezone.localdate(), parse(version.document)
    before = since or found.version_before(version)
    context: dict[str, Any] = {
        "version": version,
        "line": version_line(version, today, found.now),
        "lines": [version_line(each, today, found.now) for each in found.versions],
        "view": policy_view(tree),
        "steps": steps(version),
        "before": before,
        "changes": change_rows(changes(parse(before.document), tree)) if before else [],
        "base": shelf(version.overlays, today) if version.overlays else None,
        "exceptions": exceptions_of(found.slug, today),
    }
    return render(request, "policies/policy.html", context)


def _speaks_of(each: Shelf, words: str) -> bool:
    shown = each.shown
    text = " ".join([shown.title, each.slug, *(code.code for code in shown.codes.all())]).casefold()
    return all(word in text for word in words.casefold().split())
