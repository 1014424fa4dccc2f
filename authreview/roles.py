"""Roles of the house. A role is a Django group of the same name; what a role may do is asked in each app's permissions.py."""

from enum import StrEnum


class Role(StrEnum):
    """One person may hold several; permissions ask for the one that the step needs."""

    INTAKE = "intake"
    NURSE = "nurse"
    MEDICAL_DIRECTOR = "medical_director"
    SUPERVISOR = "supervisor"
    POLICY_EDITOR = "policy_editor"
    POLICY_APPROVER = "policy_approver"
    LETTERS = "letters"
    AUDITOR = "auditor"
    ADMIN = "admin"


LABELS: dict[Role, str] = {
    Role.INTAKE: "Intake coordinator",
    Role.NURSE: "UM nurse",
    Role.MEDICAL_DIRECTOR: "Medical director",
    Role.SUPERVISOR: "Supervisor",
    Role.POLICY_EDITOR: "Policy editor",
    Role.POLICY_APPROVER: "Policy approver",
    Role.LETTERS: "Letters desk",
    Role.AUDITOR: "Auditor",
    Role.ADMIN: "Administrator",
}

STAFF_ROLES = frozenset({Role.ADMIN, Role.POLICY_EDITOR, Role.POLICY_APPROVER, Role.AUDITOR, Role.SUPERVISOR})

# Django model permissions that open admin pages to a group: (app, model) -> what. Domain rows are read-only there whatever the group.
ADMIN_PAGES: dict[Role, dict[str, tuple[str, ...]]] = {
    Role.ADMIN: {
        "authreview.user": ("view", "add", "change"),
        "authreview.licence": ("view", "add", "change", "delete"),
        "authreview.accessrecord": ("view",),
        "auth.group": ("view",),
        "cases.plan": ("view", "add", "change"),
        "cases.turnaroundrule": ("view", "add", "change"),
        "cases.lettertext": ("view", "add", "change"),
        "cases.servicecode": ("view",),
        "cases.diagnosiscode": ("view",),
        "cases.codeimport": ("view",),
        "criteria.policyversion": ("view",),
    },
    Role.POLICY_EDITOR: {"criteria.policyversion": ("view", "add", "change")},
    Role.POLICY_APPROVER: {"criteria.policyversion": ("view", "change")},
    Role.SUPERVISOR: {"cases.case": ("view",), "cases.caseevent": ("view",)},
    Role.AUDITOR: {
        "authreview.user": ("view",),
        "authreview.accessrecord": ("view",),
        "cases.case": ("view",),
        "cases.caseevent": ("view",),
        "cases.letter": ("view",),
        "cases.plan": ("view",),
        "cases.turnaroundrule": ("view",),
        "cases.lettertext": ("view",),
        "criteria.policyversion": ("view",),
        "criteria.policyevent": ("view",),
    },
}
