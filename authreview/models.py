"""People, and who has looked at what. Knows nothing of cases: access is kept as plain columns."""

from datetime import date
from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from .roles import LABELS, Role


class User(AbstractUser):
    """A person who signs in, with the professional profile that signatures and letters print."""

    credentials = models.CharField(max_length=40, blank=True, help_text="As printed after the name: RN, MD.")
    specialty = models.CharField(max_length=80, blank=True)
    npi = models.CharField("NPI", max_length=10, blank=True)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Roles held through groups. One query, kept for the life of the instance."""
        return frozenset(Role(name) for name in self.groups.values_list("name", flat=True) if name in Role.__members__.values())

    def has_role(self, *roles: Role) -> bool:
        """Whether this person holds one of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def role_names(self) -> str:
        return ", ".join(LABELS[role] for role in Role if role in self.roles)

    @property
    def signature(self) -> str:
        """Name and credentials as a letter prints them."""
        name = self.get_full_name() or self.username
        return f"{name}, {self.credentials}" if self.credentials else name


class Licence(models.Model):
    """One per state, each with its own expiry: signing asks for one that covers the member's state today."""

    user = models.ForeignKey(User, models.PROTECT, related_name="licences")
    state = models.CharField(max_length=2)
    number = models.CharField(max_length=40)
    expires_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "state"], name="licence_one_per_state", violation_error_message="One licence per state."
            )
        ]
        ordering: ClassVar = ["state"]

    def __str__(self) -> str:
        return f"{self.state} {self.number}, valid until {self.expires_on:%d %b %Y}"

    def covers(self, state: str, on: date) -> bool:
        """Whether it is current on a day and for a state (any state where none is named)."""
        return self.expires_on >= on and state in ("", self.state)


class AccessRecord(models.Model):
    """Who looked at what, when, and whether it was shown. Append-only in the database itself."""

    at = models.DateTimeField()
    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)  # case, document, page, letter, summary
    key = models.CharField(max_length=60)  # reference, or reference/document/page
    origin = models.CharField(max_length=60)
    outcome = models.CharField(max_length=8)  # shown, refused

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "key", "at"], name="access_thing"),
            models.Index(fields=["user_id", "at"], name="access_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.outcome}"
