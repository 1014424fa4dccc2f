"""The administration's own rules: pages open by role, not by Django's permissions; people, their licences, who looked at what."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import OuterRef, QuerySet, Subquery
from django.forms import CheckboxSelectMultiple, ModelForm, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from .models import AccessRecord, Licence, User
from .roles import ADMIN_PAGES, LABELS, STAFF_ROLES, Role

admin.site.site_header = admin.site.site_title = "AuthReview"
admin.site.index_title = "Administration"
admin.site.enable_nav_sidebar = False
for model, one, several in ((User, "person", "people"), (Group, "role", "roles")):  # what the stock pages call them
    model._meta.verbose_name, model._meta.verbose_name_plural = one, several  # noqa: SLF001 - _meta is public


class RolePages:
    """For a ModelAdmin or an inline: what a person may do here stands in roles.ADMIN_PAGES. Superusers may do all."""

    opts: Any
    model: Any

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A list is headed by what it lists. A filter that holds a NUL is none: PostgreSQL would fail at it."""
        if any("\0" in value for values in request.GET.lists() for value in values[1]):
            return redirect(request.path)
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})  # type: ignore[misc]

    def _may(self, request: HttpRequest, *verbs: str) -> bool:
        user = request.user
        if not isinstance(user, User) or not user.is_active or not user.is_staff:
            return False
        label = self.model._meta.label_lower  # noqa: SLF001 - _meta is public
        return user.is_superuser or any(verb in ADMIN_PAGES.get(role, {}).get(label, ()) for role in user.roles for verb in verbs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "view", "change")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", "change")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete")


class ReadOnlyPages(RolePages):
    """Rows that the work writes: looked at here, changed by nobody, superusers neither."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class KeptPages(RolePages):
    """Rows that others point to: they are closed or ended, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LicenceInline(RolePages, admin.StackedInline):
    """Stacked: the stock table has fields without labels."""

    model = Licence
    extra = 0
    fieldsets = ((None, {"fields": (("state", "number", "expires_on"),)}),)


class RolesField(ModelMultipleChoiceField):
    """Roles by their names, ticked."""

    def label_from_instance(self, obj: Group) -> str:
        return LABELS[Role(obj.name)] if obj.name in Role.__members__.values() else obj.name


class RoleFilter(admin.SimpleListFilter):
    title = "role"
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(role), LABELS[role]) for role in Role]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(groups__name=role) if (role := self.value()) else queryset


class AlwaysAPassword:
    """Everybody signs in with a password of their own; an account that is not to sign in is made inactive."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)


class NewPersonForm(AlwaysAPassword, AdminUserCreationForm):
    pass


class NewPasswordForm(AlwaysAPassword, AdminPasswordChangeForm):
    pass


PERSON_HELP = {
    "username": "What this person signs in with: letters, digits and @ . + - _ only.",
    "is_active": "Whoever leaves is made inactive, never deleted: their signatures stay.",
}


@admin.register(User)
class PersonAdmin(KeptPages, UserAdmin):
    """People. A role brings its rights; who may sign needs a licence too. Whoever leaves is made inactive."""

    inlines: ClassVar = [LicenceInline]
    list_display = ("username", "full_name", "credentials", "role_names", "is_active", "last_login")
    list_filter = (RoleFilter, "is_active")
    filter_horizontal = ()
    add_form = NewPersonForm
    change_password_form = NewPasswordForm
    change_user_password_template = "admin/person_password.html"  # noqa: S105 - a template
    add_fieldsets = ((None, {"fields": ("username", "first_name", "last_name", "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("username", "password_given")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "credentials", "specialty", "npi")}),
        ("Roles", {"fields": ("groups", "is_active"), "description": "What a person may do comes from these roles alone."}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )

    @admin.display(description="Password")
    def password_given(self, person: User) -> SafeString:
        said = "Given." if person.has_usable_password() else "None: this account cannot sign in."
        return format_html('{} <a href="../password/">Give another password</a>', said)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in PERSON_HELP:
            kwargs["help_text"] = PERSON_HELP[db_field.name]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs |= {"form_class": RolesField, "widget": CheckboxSelectMultiple, "label": "Roles", "help_text": ""}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "People", **(extra_context or {})})

    @admin.display(description="Name", ordering="last_name")
    def full_name(self, person: User) -> str:
        return person.get_full_name()

    @admin.display(description="Roles")
    def role_names(self, person: User) -> str:
        names = [group.name for group in person.groups.all()]
        return ", ".join(LABELS[role] for role in Role if role in names)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A superuser's account is another superuser's business: its password would be a way up."""
        mine = isinstance(request.user, User) and request.user.is_superuser
        return super().has_change_permission(request, obj) and (obj is None or mine or not obj.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        fixed = ("password_given", "last_login", "date_joined")
        nobody_lifts_themselves = obj is not None and obj.pk == request.user.pk
        return (*fixed, "groups", "is_active") if nobody_lifts_themselves else fixed

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: Any) -> None:
        """The administration opens to people whose role has something to do there."""
        super().save_related(request, form, formsets, change)
        person = form.instance
        opens = person.is_superuser or person.groups.filter(name__in=STAFF_ROLES).exists()
        if person.is_staff != opens:
            person.is_staff = opens
            person.save(update_fields=["is_staff"])


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(ReadOnlyPages, admin.ModelAdmin):
    """The roles are the product's own: looked at, not made."""

    list_display = ("label", "people")
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).prefetch_related("user_set")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Roles", **(extra_context or {})})

    @admin.display(description="Role", ordering="name")
    def label(self, group: Group) -> str:
        return LABELS[Role(group.name)] if group.name in Role.__members__.values() else group.name

    @admin.display(description="Who has it")
    def people(self, group: Group) -> str:
        return ", ".join(person.get_full_name() or person.username for person in group.user_set.all() if person.is_active)


@admin.register(AccessRecord)
class AccessRecordAdmin(ReadOnlyPages, admin.ModelAdmin):
    """Who looked at what. Newest first; filters and search, no count of millions of rows."""

    list_display = ("at", "person", "kind", "key", "origin", "outcome")
    list_filter = ("kind", "outcome")
    search_fields = ("=key",)
    search_help_text = "A case's reference, or reference/document/page"
    ordering = ("-id",)
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessRecord]:
        name = User.objects.filter(pk=OuterRef("user_id")).values("username")[:1]
        return super().get_queryset(request).annotate(person=Subquery(name))

    @admin.display(description="Person")
    def person(self, record: Any) -> str:
        return record.person or f"user {record.user_id}"
