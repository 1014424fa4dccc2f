"""The app of the review work. Its one signal installs the append-only triggers after every migrate.

It answers what the policy library asks of the house around it.
"""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from criteria.neighbours import answered_by


def install_triggers(using: str, **_: Any) -> None:
    from .models.triggers import install  # noqa: PLC0415 - models are ready only now

    install(connections[using])


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "Cases, plans and wording"

    def ready(self) -> None:
        from .queries.plans import known_plans, running_reviews  # noqa: PLC0415 - as above

        post_migrate.connect(install_triggers, sender=self)
        answered_by(plans=known_plans, running=running_reviews)
