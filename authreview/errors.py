"""The three ways in which the product says no. One home: every app raises these, middleware answers them, views never catch them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is missing, with the place where it is mended."""

    label: str
    url: str = ""
    message: str = ""


class Refusal(Exception):
    """A sentence for the person who asked. `status` is the HTTP status it is answered with."""

    status = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Denied(Refusal):
    """This person may not do this now (403)."""

    status = 403


class Conflict(Refusal):
    """The thing has changed since it was shown, or the step does not exist from here (409)."""

    status = 409


class Incomplete(Refusal):
    """Something is missing first (422); `problems` says what and where."""

    status = 422

    def __init__(self, sentence: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)
