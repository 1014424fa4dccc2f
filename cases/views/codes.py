"""The code sets: what is in force and what was imported, lists with search, and a procedure code with its versions."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import permissions
from cases.actions.codes import ServiceWording, end_code, write_code
from cases.enums import CodeSet
from cases.forms.codes import CodeSearch, EndCodeForm, ServiceCodeForm
from cases.models import ServiceCode
from cases.presenters import codes as words
from cases.presenters.lists import pages
from cases.queries import codes as queries

from .loaders import UserRequest


@require_GET
def code_sets(request: UserRequest) -> HttpResponse:
    permissions.check_keep_codes(request.user)
    sets = [(each, CodeSet(each.code_set).label, words.SET_WORDS[each.code_set]) for each in queries.sets_now(timezone.localdate())]
    imports = [(row, words.days(row.effective_from, row.effective_until), words.import_words(row)) for row in queries.imports()]
    return render(request, "codes/sets.html", {"sets": sets, "imports": imports})


@require_GET
def codes(request: UserRequest, code_set: str) -> HttpResponse:
    """The codes of a set by code, with search."""
    permissions.check_keep_codes(request.user)
    if code_set not in CodeSet.values:
        raise Http404(f"There is no code set {code_set}.")
    which, today = CodeSet(code_set), timezone.localdate()
    form = CodeSearch(request.GET, code_set=which)
    asked = form.asked()
    page = queries.code_page(which, asked["q"], asked["only"], request.GET.get("after", ""), today)
    rows = words.code_lines(page.rows, today)
    context = {
        "code_set": which,
        "label": which.label,
        "form": form,
        "rows": rows,
        "is_narrowed": any(asked.values()),
        "pages": pages(request.path, asked, len(rows), None, "", page.following),
        "is_first": page.is_first,
    }
    in_place = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, "codes/list.html#list" if in_place else "codes/list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: UserRequest, code: str) -> HttpResponse:
    """A procedure code with its versions; POST writes the one that follows."""
    permissions.check_keep_codes(request.user)
    versions = queries.service_versions(code)
    if not versions:
        raise Http404(f"There is no procedure code {code}.")
    if request.method != "POST":
        return _code_page(request, versions, {})
    form = ServiceCodeForm(request.POST, is_new=False)
    if not form.is_valid():
        return _code_page(request, versions, {"form": form}, status=422)
    said = form.cleaned_data
    row = write_code(code=code, wording=_wording(said), effective_from=said["effective_from"], shown=said["shown"], by=request.user)
    if row.pk == versions[0].pk and row.changed_at == versions[0].changed_at:
        messages.info(request, f"{code} says this already. Nothing was changed.")
    else:
        messages.success(request, f"{code} has this wording {words.days(row.effective_from, row.effective_until)}.")
    return redirect("code", code)


@require_POST
def code_end(request: UserRequest, code: str) -> HttpResponse:
    """Set or take back the last day of a procedure code."""
    permissions.check_keep_codes(request.user)
    form = EndCodeForm(request.POST, prefix="end")
    if not form.is_valid():
        versions = queries.service_versions(code)
        if not versions:
            raise Http404(f"There is no procedure code {code}.")
        return _code_page(request, versions, {"end_form": form}, status=422)
    row = end_code(code=code, last_day=form.cleaned_data["last_day"], shown=form.cleaned_data["shown"], by=request.user)
    messages.success(request, f"{code} is in force {words.days(row.effective_from, row.effective_until)}.")
    return redirect("code", code)


@require_http_methods(["GET", "HEAD", "POST"])
def code_new(request: UserRequest) -> HttpResponse:
    """A procedure code that no table brought."""
    permissions.check_keep_codes(request.user)
    form = ServiceCodeForm(request.POST or None, is_new=True)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "read": _read(form), "code": ""}
        return render(request, "codes/new.html", context, status=422 if request.method == "POST" else 200)
    said = form.cleaned_data
    row = write_code(code=said["code"], wording=_wording(said), effective_from=said["effective_from"], shown="", by=request.user)
    messages.success(request, f"{row.code} is kept {words.days(row.effective_from, None)}.")
    return redirect("code", row.code)


@require_GET
def code_wording(request: UserRequest) -> HttpResponse:
    """How the two wordings read, while they are written."""
    permissions.check_keep_codes(request.user)
    read = words.read_aloud(request.GET.get("lay_en", "")[:300], request.GET.get("lay_es", "")[:300])
    return render(request, "codes/fields.html#read", {"read": read})


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _code_page(request: UserRequest, versions: list[ServiceCode], forms: Mapping[str, Any], status: int = 200) -> HttpResponse:
    today, latest = timezone.localdate(), versions[0]
    shown = queries.standing(versions)
    form = forms.get("form") or ServiceCodeForm(initial=_initial(latest) | {"shown": shown}, is_new=False)
    ended = latest.effective_until is not None and latest.effective_until < today
    context = {
        "code": latest.code,
        "latest": latest,
        "versions": [(words.version_view(row, today), words.history(row)) for row in versions],
        "form": form,
        "end_form": forms.get("end_form") or EndCodeForm(initial={"last_day": latest.effective_until, "shown": shown}, prefix="end"),
        "why_no_end": "This code has ended. Write a new version to bring it back." if ended else "",
        "read": _read(form),
        "used": words.wordings_used(queries.naming_rules(latest.code, today), latest.lay_name),
    }
    return render(request, "codes/code.html", context, status=status)


def _read(form: ServiceCodeForm) -> list[words.Read]:
    english, spanish = (str(form[name].value() or "") for name in ("lay_en", "lay_es"))
    return words.read_aloud(english, spanish)


def _initial(row: ServiceCode) -> dict[str, Any]:
    names = ("name", "max_units_per_day", "min_sites", "max_sites", "per_side", "verify")
    return {name: getattr(row, name) for name in names} | {"lay_en": row.lay_name.get("en", ""), "lay_es": row.lay_name.get("es", "")}


def _wording(said: Mapping[str, Any]) -> ServiceWording:
    return ServiceWording(
        name=said["name"].strip(),
        lay_name={"en": said["lay_en"].strip(), "es": said["lay_es"].strip()},
        max_units_per_day=said["max_units_per_day"],
        per_side=said["per_side"],
        min_sites=said["min_sites"],
        max_sites=said["max_sites"],
        verify=said["verify"].strip(),
    )
