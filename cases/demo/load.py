"""Everything that the demo holds, loaded in one go through the product's own actions. Accounts, plans and code sets are the command's."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from authreview.models import User
from cases.actions.letter_texts import install_letter_texts
from criteria.actions import publish_shipped

from . import founding_life, policy_life, synthetic_life
from .calendar import Calendar

PUBLISHED_AT = datetime(2025, 10, 15, 14, tzinfo=UTC)  # before the first day the shipped policies are in force


def load(today: date, people: Mapping[str, User]) -> None:
    """Policies published, letter texts approved, then the founding cases in every state of their life, then the others."""
    publish_shipped(editor=people["policy_editor"], approver=people["policy_approver"], at=PUBLISHED_AT)
    install_letter_texts(written_by=people["admin"], approved_by=people["medical_director"])
    calendar = Calendar(today)
    policy_life.load_life(calendar, people)
    founding_life.load(calendar, people)
    synthetic_life.load(calendar, people)
