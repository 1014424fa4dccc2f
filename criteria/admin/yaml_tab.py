"""The text of a version, on the YAML tab of the tree editor: for an editor of a draft to write, for everybody else to read."""

import difflib
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from authreview.errors import Conflict, Incomplete
from criteria import actions, places
from criteria.format import dump
from criteria.forms import SaveTextForm
from criteria.models import PolicyVersion
from criteria.queries import document_at

from .editor_page import Refused, Stale, editor_answer, place_of
from .pages import user_of

MOST_LINES = 4000  # of two texts that are laid side by side
AROUND = 1


def text(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """What is a mapping is stored as the draft, right or wrong, as the tree does it; what is not stays in its field with its errors."""
    place = replace(place_of(request, version), tab="yaml")
    if request.method != "POST":
        return editor_answer(request, version, place)
    form = SaveTextForm(request.POST, request.FILES)
    document = form.loaded.kept if form.is_valid() and form.loaded else None
    if form.loaded is None or document is None:
        return editor_answer(request, version, place, Refused("The text is not stored.", 422, form=form, problems=form.listed))
    try:
        revision = form.cleaned_data["revision"]
        actions.save_draft(version_id=version.pk, document=document, revision=revision, by=user_of(request))
    except Incomplete as refusal:  # caught, as below, so that what was written stays on the page
        return editor_answer(request, version, place, Refused(refusal.sentence, refusal.status, form=form, problems=form.listed))
    except Conflict as refusal:
        now = PolicyVersion.objects.select_related("policy").get(pk=version.pk)
        stale = _stale(now, document, revision)
        return editor_answer(request, now, place, Refused(refusal.sentence, refusal.status, form=form, stale=stale))
    count = len(form.loaded.errors)
    if not count:
        messages.success(request, "The text is saved.")
        return redirect(place.base)
    wrong = "1 thing is wrong in it" if count == 1 else f"{count:,} things are wrong in it"
    messages.warning(request, f"The text is saved as the draft. {wrong}, listed with line and path.")
    return redirect(place.url())


def _stale(now: PolicyVersion, mine: places.JSON, revision: int) -> Stale:
    """What storing this text would do to what is stored now."""
    theirs, given = dump(now.document), dump(mine)
    try:
        base = document_at(now, revision)
        both = dump(places.merged(base, mine, now.document)) if base is not None else ""
    except ValueError:  # the same place was changed twice: people decide
        both = ""
    before, after = theirs.splitlines(), given.splitlines()
    if len(before) + len(after) > MOST_LINES:
        return Stale((), both)
    lines = difflib.unified_diff(before, after, n=AROUND, lineterm="")
    kinds = {"+": "put", "-": "cut"}
    return Stale(tuple((kinds.get(line[:1], "same"), line) for line in lines if not line.startswith(("---", "+++", "@@"))), both)
