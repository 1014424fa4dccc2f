"""Who may do what with a policy: one function and one sentence each. Loaded things only."""

from collections.abc import Callable, Collection
from typing import Any

from authreview.errors import Denied
from authreview.models import User
from authreview.roles import Role

from .models import PolicyVersion

NOT_AN_EDITOR = "Only a policy editor drafts policies."
NOT_AN_APPROVER = "Only a policy approver approves, publishes and retires policies."
OWN_DRAFT = "Nobody approves their own draft; another policy approver has to."
OWN_PUBLISHING = "Nobody publishes their own draft; another policy approver has to."
NOT_ON_POLICIES = "Only a policy editor or a policy approver sends a version back to draft."


def check_draft(user: User) -> None:
    if not user.has_role(Role.POLICY_EDITOR):
        raise Denied(NOT_AN_EDITOR)


def check_approve(user: User, version: PolicyVersion, authors: Collection[int] = ()) -> None:
    """`authors`: ids of everybody who wrote this version, whoever began it."""
    if not user.has_role(Role.POLICY_APPROVER):
        raise Denied(NOT_AN_APPROVER)
    if user.pk in (version.drafted_by_id, version.submitted_by_id, *authors):
        raise Denied(OWN_DRAFT)


def check_publish(user: User, version: PolicyVersion, authors: Collection[int] = ()) -> None:
    if not user.has_role(Role.POLICY_APPROVER):
        raise Denied(NOT_AN_APPROVER)
    if user.pk in (version.drafted_by_id, version.submitted_by_id, *authors):
        raise Denied(OWN_PUBLISHING)


def check_retire(user: User) -> None:
    if not user.has_role(Role.POLICY_APPROVER):
        raise Denied(NOT_AN_APPROVER)


def check_return(user: User) -> None:
    """Back to draft: the approver who found something, or the editor who takes it back."""
    if not user.has_role(Role.POLICY_APPROVER, Role.POLICY_EDITOR):
        raise Denied(NOT_ON_POLICIES)


def why_not(check: Callable[..., None], *args: Any) -> str:
    """The sentence with which a check refuses, or the empty string: for a button's reason."""
    try:
        check(*args)
    except Denied as denied:
        return denied.sentence
    return ""
