"""`manage.py demo`: invented people, plans, policies and cases, to look at and to try. Never where DEBUG is off."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from authreview.errors import Refusal
from authreview.models import Licence, User
from authreview.origin import set_origin
from authreview.roles import LABELS, STAFF_ROLES, Role
from cases.demo.people import ACCOUNTS, PASSWORD, PLANS, Account
from cases.models import Case, Plan

REFUSED = "The demo signs everybody in with the password “demo”, so it loads only where DEBUG is on."
OTHER_DATA = "This database holds people or cases that are not the demo's. Load the demo into one of its own (DATABASE_URL)."
ABOUT = "Loads the demo: accounts for every role, six plans, the shipped policies, the founding cases and others. Everything is invented."
FOR_THE_DEMO_ONLY = f"All passwords are “{PASSWORD}”. They are for the demo only: this database must never hold a real person."


class Command(BaseCommand):
    help = ABOUT + " Can be run again: what is there is left alone."
    requires_system_checks = []  # `migrate` has run them; a second run answers at once

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(REFUSED)
        set_origin("demo")
        if is_loaded():
            self.stdout.write("The demo is loaded already. Nothing was changed.")
        elif User.objects.exists() or Case.objects.exists():
            raise CommandError(OTHER_DATA)
        else:
            self._load()
        self.stdout.write(sign_ins())
        self.stdout.write(FOR_THE_DEMO_ONLY)

    def _load(self) -> None:
        from cases.demo.load import load  # noqa: PLC0415 - it brings the renderer of letters, which a loaded demo does not need

        self.stdout.write(ABOUT)
        started = time.monotonic()
        try:
            with transaction.atomic():  # all of it or nothing
                call_command("load_codes", verbosity=0)
                write_plans()
                load(timezone.localdate(), write_people())
        except Refusal as wrong:
            where = "; ".join(getattr(wrong, "__notes__", []))
            raise CommandError(f"The demo could not be loaded, and nothing was written. {where}: {wrong}") from wrong
        self.stdout.write(f"Loaded {Case.objects.count()} cases in {time.monotonic() - started:.0f} seconds.")


def is_loaded() -> bool:
    """People come first and cases last, in one transaction: both are there, or none."""
    return User.objects.filter(username=ACCOUNTS[0].username).exists() and Plan.objects.filter(code=PLANS[0].code).exists()


def write_plans() -> None:
    for plan in PLANS:
        values = {"name": plan.name, "line_of_business": plan.line_of_business, "state": plan.state, "contact": plan.contact}
        Plan.objects.create(code=plan.code, **values)


def write_people() -> Mapping[str, User]:
    """Accounts with their groups and licences. One hash for all: it takes long on purpose, and the password is the same."""
    groups = {role: Group.objects.get_or_create(name=role.value)[0] for role in Role}
    secret = make_password(PASSWORD)
    return {account.username: _person(account, groups, secret) for account in ACCOUNTS}


def _person(account: Account, groups: Mapping[Role, Group], secret: str) -> User:
    person = User.objects.create(
        username=account.username,
        password=secret,
        first_name=account.given_name,
        last_name=account.family_name,
        credentials=account.credentials,
        specialty=account.specialty,
        npi=account.npi,
        is_staff=not STAFF_ROLES.isdisjoint(account.roles),
    )
    person.groups.set(groups[role] for role in account.roles)
    for state, days in account.licences:
        number = f"{account.credentials.split(',')[0]}-{200000 + 37 * person.pk}"
        Licence.objects.create(user=person, state=state, number=number, expires_on=timezone.localdate() + timedelta(days=days))
    return person


def sign_ins() -> str:
    """The accounts as a table: who, in which role, and what to look at first."""
    rows = [(person.username, LABELS[person.roles[0]], _look(person)) for person in ACCOUNTS]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"  {name:<{widths[0]}}  {role:<{widths[1]}}  {look}" for name, role, look in rows)


def _look(account: Account) -> str:
    if not account.look_at:
        return account.look
    case = Case.objects.filter(member__member_id=account.look_at).order_by("id").first()
    return f"{case.reference if case else account.look_at}  {account.look}"
