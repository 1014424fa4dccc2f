"""Everything that the demo holds, loaded in one go through the product's own actions. Accounts, plans and code sets are the command's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from authreview.models import User
from criteria.actions import publish_shipped

from . import founding_life, synthetic_life
from .calendar import Calendar


@dataclass(frozen=True, slots=True)
class Loaded:
    """References worth a look, by what they show."""

    look: Mapping[str, str]


def load(today: date, people: Mapping[str, User]) -> Loaded:
    """Policies published, then the founding cases in every state of their life, then the others."""
    publish_shipped(editor=people["policy_editor"], approver=people["policy_approver"])
    calendar = Calendar(today)
    look = founding_life.load(calendar, people)
    look |= synthetic_life.load(calendar, people)
    return Loaded(look)
