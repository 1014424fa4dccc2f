"""The app of the review work. Its one signal installs the append-only triggers after every migrate."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def install_triggers(using: str, **_: Any) -> None:
    from .models.triggers import install  # noqa: PLC0415 - models are ready only now

    install(connections[using])


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "Cases, plans and wording"

    def ready(self) -> None:
        post_migrate.connect(install_triggers, sender=self)
