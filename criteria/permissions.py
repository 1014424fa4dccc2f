"""Who may do what with a policy: one function and one sentence each. Loaded things only."""

from authreview.errors import Denied
from authreview.models import User
from authreview.roles import Role

from .models import PolicyVersion

NOT_AN_EDITOR = "Only a policy editor drafts policies."
NOT_AN_APPROVER = "Only a policy approver approves, publishes and retires policies."
OWN_DRAFT = "Nobody approves their own draft; another policy approver has to."


def check_draft(user: User) -> None:
    if not user.has_role(Role.POLICY_EDITOR):
        raise Denied(NOT_AN_EDITOR)


def check_approve(user: User, version: PolicyVersion) -> None:
    if not user.has_role(Role.POLICY_APPROVER):
        raise Denied(NOT_AN_APPROVER)
    if user.pk in (version.drafted_by_id, version.submitted_by_id):
        raise Denied(OWN_DRAFT)


def check_publish(user: User) -> None:
    if not user.has_role(Role.POLICY_APPROVER):
        raise Denied(NOT_AN_APPROVER)


def check_return(user: User, version: PolicyVersion) -> None:
    """Back to draft: the approver who found something, or the editor who took it back."""
    if not user.has_role(Role.POLICY_APPROVER, Role.POLICY_EDITOR):
        raise Denied(NOT_AN_EDITOR)
