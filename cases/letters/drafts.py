"""What a case owes, as it reads now: each letter with its words, its HTML and what is wrong with it. Writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cases.models import InformationRequest, RequestItem
from cases.queries.letters import LetterMaterial

from .asking import request_letter
from .context import LetterDraft, html_of
from .decisions import decision_letter
from .requirements import LetterProblem, lint
from .wanted import Wanted, request_slots, wanted_letters


@dataclass(frozen=True)
class Owed:
    """A letter that is owed, before it is issued."""

    wanted: Wanted
    draft: LetterDraft

    @cached_property
    def html(self) -> str:
        return html_of(self.draft.text)

    @cached_property
    def problems(self) -> list[LetterProblem]:
        return lint(self.draft, self.html)


def draft_of(material: LetterMaterial, wanted: Wanted, now: datetime) -> LetterDraft:
    """What a letter that is owed says now."""
    return (request_letter if wanted.request is not None else decision_letter)(material, wanted, now)


def owed_letters(material: LetterMaterial, now: datetime) -> list[Owed]:
    """All of them. One query for the texts of each language."""
    return [Owed(wanted, draft_of(material, wanted, now)) for wanted in wanted_letters(material)]


def foreseen_letters(material: LetterMaterial, request: InformationRequest, items: Iterable[RequestItem], now: datetime) -> list[Owed]:
    """The letters of a request that is not sent yet, as they would read. One query for the texts of each language."""
    rows = tuple(items)
    wanted = [
        Wanted(f"{kind}-{recipient}", kind, recipient, request=request, items=rows) for kind, recipient in request_slots(material.case)
    ]
    return [Owed(each, draft_of(material, each, now)) for each in wanted]
