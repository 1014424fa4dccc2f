"""Importing a file of codes: bring it, look at what it changes, confirm. What was brought lies in storage under its own SHA-256."""

import csv
import io
from dataclasses import asdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from authreview.errors import Conflict
from cases import permissions
from cases.actions.codes import import_codes, keep_file
from cases.code_changes import Plan
from cases.code_files import Release
from cases.enums import CodeSet
from cases.forms.codes import CodeFileForm
from cases.presenters import codes as words
from cases.queries.codes import imported_before, planned, stored_file

from .loaders import UserRequest

SALT = "cases.code-import"
HOLDS_SECONDS = 24 * 60 * 60
NO_PREVIEW = "This preview is older than a day, or its address is not whole. Bring the file again."


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: UserRequest) -> HttpResponse:
    """The form; POST keeps the file and leads to its preview."""
    permissions.check_keep_codes(request.user)
    if request.method != "POST":
        code_set = request.GET.get("set", "")
        return render(request, "codes/import.html", {"form": CodeFileForm(initial={"code_set": code_set})})
    form = CodeFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "codes/import.html", {"form": form}, status=422)
    sha256 = keep_file(data=form.data_read, by=request.user)
    return redirect("code-import-preview", _token(sha256, form.filename, form.release))


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: UserRequest, token: str) -> HttpResponse:
    """What the file changes, and what is wrong with it. POST imports what was shown."""
    permissions.check_keep_codes(request.user)
    sha256, filename, release = _from_token(token)
    if request.method == "POST":
        known = imported_before(sha256, release)
        done = import_codes(
            file_sha256=sha256,
            filename=filename,
            release=release,
            digest=request.POST.get("digest", ""),
            ends_meant=request.POST.get("ends_meant") == "yes",
            by=request.user,
        )
        if done == known:
            messages.info(request, f"{done} was imported before. Nothing was changed.")
        else:
            messages.success(request, f"{done} is imported: {words.import_words(done)}.")
        return redirect("code-sets")
    file = stored_file(sha256, release)
    plan = planned(file, release, timezone.localdate())
    context = {
        "token": token,
        "release": release,
        "code_set": CodeSet(release.code_set).label,
        "days": words.days(release.effective_from, release.effective_until),
        "facts": words.file_facts(file, filename),
        "plan": plan,
        "groups": words.groups(plan),
        "why_not": _why_not(plan),
    }
    return render(request, "codes/preview.html", context)


@require_GET
def changes(request: UserRequest, token: str) -> StreamingHttpResponse:
    """Every change of a preview as a CSV file."""
    permissions.check_keep_codes(request.user)
    sha256, _, release = _from_token(token)
    plan = planned(stored_file(sha256, release), release, timezone.localdate())

    def written() -> Any:
        for line in words.change_lines(plan):
            row = io.StringIO()
            csv.writer(row).writerow(line)
            yield row.getvalue()

    response = StreamingHttpResponse(written(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{release.code_set}-codes-changes.csv"'
    return response


def _why_not(plan: Plan) -> str:
    if plan.error_count:
        many = f"{plan.error_count:,} errors" if plan.error_count > 1 else "1 error"
        return f"{many}: nothing of this file is imported until it has none. Mend it and bring it again."
    return "" if plan.changes else "This file changes nothing: every code in it is in force with the same wording."


def _token(sha256: str, filename: str, release: Release) -> str:
    said = {"sha256": sha256, "filename": filename} | {name: str(value or "") for name, value in asdict(release).items()}
    return signing.dumps(said, salt=SALT, compress=True)


def _from_token(token: str) -> tuple[str, str, Release]:
    """File, its name, and what was said of it. Raises Conflict."""
    try:
        said = signing.loads(token, salt=SALT, max_age=HOLDS_SECONDS)
    except signing.BadSignature as wrong:
        raise Conflict(NO_PREVIEW) from wrong
    ends = date.fromisoformat(said["effective_until"]) if said["effective_until"] else None
    release = Release(CodeSet(said["code_set"]), date.fromisoformat(said["effective_from"]), ends, said["is_whole"] == "True")
    return said["sha256"], said["filename"], release
