"""Regulated wording: written by one person, approved by another, then closed and followed, never edited."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from authreview import due
from authreview.admin import KeptPages
from authreview.errors import Conflict, Denied
from authreview.models import User
from cases.letters.wording_texts import PLACEHOLDERS, unknown_placeholders
from cases.models import LetterText
from cases.presenters.letters import held_up_words
from cases.queries.letters import texts_held_up
from criteria.policy_words import LANGUAGES

from .following import FOLLOW_PAGE, FORM_PAGE

WHOSE = ("key", "line_of_business", "state", "language")
OWN_WORDING = "Nobody approves their own wording."
WHOSE_SAID = ("name", "line_of_business", "state", "tongue")


class ApprovalFilter(admin.SimpleListFilter):
    title = "approval"
    parameter_name = "approval"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waits for approval"), ("approved", "Approved")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LetterText]) -> QuerySet[LetterText]:
        waits = {"waiting": True, "approved": False}.get(self.value() or "")
        return queryset if waits is None else queryset.filter(approved_at__isnull=waits)


class LanguageFilter(admin.SimpleListFilter):
    title = "language"
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(LANGUAGES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[LetterText]) -> QuerySet[LetterText]:
        return queryset.filter(language=self.value()) if self.value() in LANGUAGES else queryset


class BodyForm(forms.ModelForm):
    """The words and the day from which they hold."""

    class Meta:
        model = LetterText
        fields: tuple[str, ...] = ("effective_from", "body")
        widgets = {
            "effective_from": forms.DateInput(attrs={"type": "date"}),
            "body": forms.Textarea(attrs={"rows": 14, "cols": 100}),
        }
        labels = {"effective_from": "First day", "body": "Text"}
        help_texts = {"body": "Placeholders: " + ", ".join(f"{{{name}}} ({words})" for name, words in PLACEHOLDERS.items()) + "."}

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        unknown = unknown_placeholders(body)
        if unknown:
            raise forms.ValidationError(f"No such placeholder: {', '.join(unknown)}.")
        return body


class TextForm(BodyForm):
    """A new text."""

    key = forms.CharField(label="Which text", max_length=60, help_text="The name that letters call it by, such as how_to_appeal.")
    language = forms.ChoiceField(choices=list(LANGUAGES.items()))

    class Meta(BodyForm.Meta):
        fields = (*WHOSE, "effective_from", "body")


@admin.register(LetterText)
class LetterTextAdmin(KeptPages, admin.ModelAdmin):
    form = TextForm
    change_form_template = FORM_PAGE
    list_display = ("name", "line_of_business", "state", "tongue", "first_day", "last_day", "writer", "approver")
    list_filter = (LanguageFilter, "line_of_business", ApprovalFilter)
    list_select_related = ("written_by", "approved_by")
    search_fields = ("key", "body")
    search_help_text = "Words of the text, or its name"

    @admin.display(description="Text", ordering="key")
    def name(self, text: LetterText) -> str:
        return text.key.replace("_", " ").capitalize()

    @admin.display(description="Language", ordering="language")
    def tongue(self, text: LetterText) -> str:
        return LANGUAGES.get(text.language, text.language)

    @admin.display(description="First day", ordering="effective_from")
    def first_day(self, text: LetterText) -> str:
        return due.day(text.effective_from)

    @admin.display(description="Last day", ordering="effective_until")
    def last_day(self, text: LetterText) -> str:
        return due.day(text.effective_until) or "none yet"

    @admin.display(description="Written by", ordering="written_by__last_name")
    def writer(self, text: LetterText) -> str:
        return text.written_by.get_full_name() or text.written_by.username

    @admin.display(description="Approved by", ordering="approved_by__last_name")
    def approver(self, text: LetterText) -> str:
        return (text.approved_by.get_full_name() or text.approved_by.username) if text.approved_by else "nobody yet"

    def has_change_permission(self, request: HttpRequest, obj: LetterText | None = None) -> bool:
        """Approved wording is looked at."""
        return super().has_change_permission(request, obj) and (obj is None or obj.approved_at is None)

    def get_form(self, request: HttpRequest, obj: LetterText | None = None, change: bool = False, **kwargs: Any) -> Any:
        """What a text is for is asked of a new one alone."""
        return super().get_form(request, obj, change, **{**kwargs, "form": BodyForm if obj else TextForm})

    def get_fields(self, request: HttpRequest, obj: LetterText | None = None) -> tuple[str, ...]:
        people = ("writer", "written_at", "approver", "approved_at")
        return (*WHOSE, "effective_from", "body") if obj is None else (*WHOSE_SAID, "effective_from", "last_day", "body", *people)

    def get_readonly_fields(self, request: HttpRequest, obj: LetterText | None = None) -> tuple[str, ...]:
        return (*WHOSE_SAID, "last_day", "writer", "written_at", "approver", "approved_at") if obj else ()

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        return [
            path("<int:pk>/follow/", site.admin_view(self.follow), name="cases_lettertext_follow"),
            path("<int:pk>/approve/", site.admin_view(require_POST(self.approve)), name="cases_lettertext_approve"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        text = self.get_object(request, object_id)
        adds = self.has_add_permission(request)
        own = text is not None and text.written_by_id == request.user.pk
        more = {
            "may_follow": text is not None and text.approved_at is not None and text.effective_until is None and adds,
            "may_approve": text is not None and text.approved_at is None and adds,
            "why_not_approve": OWN_WORDING if own else "",
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With a warning where letters wait for an approval without knowing it."""
        if request.method == "GET" and (words := held_up_words(texts_held_up(timezone.localdate()), approves=True)):
            messages.warning(request, words)
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: LetterText, form: Any, change: bool) -> None:
        """Whoever wrote last is the writer: they do not approve it."""
        obj.written_by, obj.written_at = _person(request), timezone.now()
        super().save_model(request, obj, form, change)

    def follow(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Another text from a day to come. This one holds until that one is approved and begins."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        text = get_object_or_404(LetterText, pk=pk, approved_at__isnull=False)
        start = {"body": text.body, "effective_from": timezone.localdate() + timedelta(days=1)}
        form = BodyForm(request.POST or None, initial=start)
        if request.method == "POST" and form.is_valid():
            taken = LetterText.objects.filter(**_whose(text), effective_from=form.cleaned_data["effective_from"])
            if form.cleaned_data["effective_from"] <= timezone.localdate():
                form.add_error("effective_from", "The new text begins on a day to come.")
            elif taken.exists():
                form.add_error("effective_from", "There is a text from that day already.")
            else:
                new = form.save(commit=False)
                for name, value in _whose(text).items():
                    setattr(new, name, value)
                new.written_by, new.written_at = _person(request), timezone.now()
                new.save()
                self.log_addition(request, new, f"Follows the text of {text.effective_from:%d %b %Y}.")
                messages.success(request, "The new text waits for its approval; until then the one before it holds.")
                return redirect("admin:cases_lettertext_change", new.pk)
        context = {"form": form, "row": text, "what": "letter text", "back": reverse("admin:cases_lettertext_changelist")}
        return render(request, FOLLOW_PAGE, context, status=422 if form.errors else 200)

    @transaction.atomic
    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve a text of somebody else, and end the one that it follows on the day before."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        text = get_object_or_404(LetterText.objects.select_for_update(), pk=pk)
        if text.approved_at is not None:
            raise Conflict("This text is approved already.")
        if text.written_by_id == request.user.pk:
            raise Denied(OWN_WORDING)
        before = LetterText.objects.filter(**_whose(text), approved_at__isnull=False, effective_from__lt=text.effective_from)
        open_then = before.filter(Q(effective_until=None) | Q(effective_until__gte=text.effective_from))
        open_then.update(effective_until=text.effective_from - timedelta(days=1))
        text.approved_by, text.approved_at = _person(request), timezone.now()
        text.save(update_fields=["approved_by", "approved_at"])
        self.log_change(request, text, "Approved.")
        messages.success(request, f"The text is approved; letters use it from {text.effective_from:%d %b %Y}.")
        return redirect("admin:cases_lettertext_change", text.pk)


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _whose(text: LetterText) -> dict[str, str]:
    return {name: getattr(text, name) for name in WHOSE}
