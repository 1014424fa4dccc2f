"""What `policy import` and `policy export` do: files become drafts through the actions, a stored version becomes its file again."""

from collections.abc import Sequence

from django.contrib.auth.models import Group
from django.core.management.base import CommandError
from django.utils import timezone

from authreview.canonical import canonical, sha256
from authreview.errors import Refusal
from authreview.models import User
from authreview.roles import Role
from criteria import actions
from criteria.enums import VersionStatus
from criteria.exchange.archive import archive
from criteria.exchange.fhir import fhir_text
from criteria.format import Loaded, dump, loaded, parse
from criteria.models import Policy, PolicyVersion
from criteria.queries import in_force_version, published_versions

COMMAND_LINE = "command-line"


def drafter(username: str) -> User:
    """Whose drafts these are: the editor named, else an account of the command line, which cannot sign in and approves nothing."""
    if username:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account {username}.")
        return user
    user, is_new = User.objects.get_or_create(
        username=COMMAND_LINE, defaults={"first_name": "Command", "last_name": "line", "is_active": False}
    )
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        user.groups.add(Group.objects.get_or_create(name=Role.POLICY_EDITOR)[0])
    return user


def beside(files: Sequence[Loaded]) -> list[Loaded]:
    """What is stored of other policies and bears on these files: what was published, and a base that is a draft yet. Without examples."""
    given = {file.identity[0] for file in files if file.identity}
    versions = list(published_versions().exclude(policy__slug__in=given))
    bases = {file.policy.overlays for file in files if file.policy and file.policy.overlays}
    for slug in sorted(bases - given - {version.policy.slug for version in versions}):
        versions += PolicyVersion.objects.filter(policy__slug=slug).order_by("-pk")[:1]
    return [loaded({**version.document, "examples": []}, str(version)) for version in versions]


def store(file: Loaded, by: User) -> tuple[bool, str]:
    """Whether a valid file is stored now, and in words what became of it. A draft of that version is written again."""
    if file.policy is None or file.document is None:
        return False, "it is not valid"
    name = f"{file.policy.policy} {file.policy.version}"
    found = PolicyVersion.objects.filter(policy__slug=file.policy.policy, version=file.policy.version).first()
    if found and found.digest == sha256(canonical(file.document)):
        return True, f"{name} is there already, with the same content ({found.get_status_display().lower()})"
    try:
        if found and found.status == VersionStatus.DRAFT:
            saved = actions.save_draft(version_id=found.pk, document=file.document, revision=found.revision, by=by)
            return True, f"{name} is saved, revision {saved.revision} of the draft"
        actions.new_draft(document=file.document, by=by)
    except Refusal as refusal:
        return False, refusal.sentence
    return True, f"{name} is stored as a draft"


def text_of(slug: str, version: str) -> str:
    """The file of a version. Raises CommandError."""
    return dump(_stored(slug, version).document)


def questionnaires_of(slug: str, version: str) -> str:
    """The rules of a version as a FHIR Bundle of Questionnaires. Raises CommandError."""
    found = _stored(slug, version)
    approved_on = timezone.localdate(found.approved_at) if found.approved_at else None
    return fhir_text(parse(found.document), status=found.status, approved_on=approved_on)


def archive_of_published() -> bytes:
    """A zip with every published version."""
    return archive(published_versions().values_list("document", flat=True))


def _stored(slug: str, version: str) -> PolicyVersion:
    """The version named; without one, that in force today, else the one stored last."""
    policy = Policy.objects.filter(slug=slug).first()
    stored = PolicyVersion.objects.filter(policy=policy).order_by("-pk")
    if policy is None or not stored:
        raise CommandError(f"There is no policy {slug}.")
    if not version:
        found = in_force_version(policy, timezone.localdate()) or stored[0]
    else:
        named = stored.filter(version=version).first()
        if named is None:
            known = ", ".join(sorted(each.version for each in stored))
            raise CommandError(f"{slug} has no version {version}. Stored: {known}.")
        found = named
    return found
