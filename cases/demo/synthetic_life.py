"""The other cases."""

from collections.abc import Mapping

from authreview.models import User

from .calendar import Calendar


def load(calendar: Calendar, people: Mapping[str, User]) -> dict[str, str]:
    return {}
