"""Letters as the screens show them: what is owed and what is wrong with it, what was issued and how it went out. Nothing here queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from authreview.due import day, day_time
from cases.enums import LetterKind, LetterStatus, Recipient
from cases.letters.context import LetterDraft, letter_values
from cases.letters.drafts import Owed
from cases.letters.requirements import LetterProblem, errors, grade_of, required_texts
from cases.models import Letter, LetterText
from criteria.policy_words import LANGUAGES


@dataclass(frozen=True)
class LetterTab:
    """A letter that is owed, in the list above the preview."""

    key: str
    label: str
    url: str
    current: bool
    token: str  # what a form posts to issue exactly this
    stands_in: str
    blocked: int


@dataclass(frozen=True)
class Preview:
    """A letter on its sheet. `letter` is what its template reads."""

    title: str
    letter: Mapping[str, Any]
    facts: Sequence[Mapping[str, str]]
    pdf_url: str
    state: str
    tone: str


@dataclass(frozen=True)
class HistoryRow:
    """A letter that was issued."""

    pk: int
    url: str
    label: str
    lines: str
    issued: str
    state: str
    tone: str
    sent: Sequence[str]
    void_reason: str
    current: bool


def letter_label(kind: str, recipient: str) -> str:
    return f"{LetterKind(kind).label} to the {Recipient(recipient).label.lower()}"


def tabs(reference: str, owed: Iterable[Owed], shown: str) -> list[LetterTab]:
    page = reverse("letters", args=[reference])
    return [
        LetterTab(
            key=each.wanted.key,
            label=letter_label(each.wanted.kind, each.wanted.recipient),
            url=f"{page}?show={each.wanted.key}",
            current=each.wanted.key == shown,
            token=f"{each.wanted.key}:{each.draft.digest}",
            stands_in=f"Stands in for letter {each.wanted.corrects.pk}, which is void." if each.wanted.corrects else "",
            blocked=len(errors(each.problems)),
        )
        for each in owed
    ]


def held_up_here(texts: Iterable[LetterText], draft: LetterDraft) -> list[LetterText]:
    """The texts that this letter would carry, had somebody approved them."""
    carried = draft.texts.keys() | required_texts(draft.context, past=draft.expected.past).keys()
    return [text for text in texts if text.language == draft.context.language and text.key in carried]


def held_up_words(texts: Sequence[LetterText], *, approves: bool = False) -> str:
    """That letters still carry the wording before; empty where nothing waits."""
    if not texts:
        return ""
    names = ", ".join(f"{text} from {day(text.effective_from)}" for text in texts[:5]) + (" and more" if len(texts) > 5 else "")
    who = "Approve it, or give it another first day." if approves else "Tell an administrator before you issue what it concerns."
    return f"New wording waits for its approval past its first day: {names}. Letters carry the wording before it, if there is any. {who}"


def draft_preview(reference: str, owed: Owed) -> Preview:
    context = owed.draft.context
    facts = _facts(context.language, large_print=context.large_print)
    if context.recipient == Recipient.MEMBER:
        facts.append({"label": "Reading grade", "value": grade_of(context)})
    url = reverse("letter-draft-pdf", args=[reference, owed.wanted.key])
    title = letter_label(owed.wanted.kind, owed.wanted.recipient)
    return Preview(title, letter_values(owed.draft.text), facts, url, "Draft", "calm")


def issued_preview(letter: Letter) -> Preview:
    facts = _facts(letter.language, large_print=letter.large_print)
    pages = letter.pages or 1
    facts.append({"label": "Pages", "value": f"{pages} page{'' if pages == 1 else 's'}"})
    is_void = letter.status == LetterStatus.VOID
    state, tone = ("Void", "not-met") if is_void else ("Issued", "met")
    url = reverse("letter-pdf", args=[letter.case.reference, letter.pk])
    return Preview(letter_label(letter.kind, letter.recipient), letter_values(letter.context), facts, url, state, tone)


def history(reference: str, letters: Iterable[Letter], shown: int = 0) -> list[HistoryRow]:
    """Newest first; drafts are not history."""
    rows = [_history_row(reference, letter, shown) for letter in letters if letter.status != LetterStatus.DRAFT]
    return rows[::-1]


def _history_row(reference: str, letter: Letter, shown: int) -> HistoryRow:
    deliveries = list(letter.deliveries.all())
    state, tone = _state(letter, sent=bool(deliveries))
    lines = sorted(determination.line_id for determination in letter.determinations.all())
    return HistoryRow(
        pk=letter.pk,
        url=reverse("letter", args=[reference, letter.pk]),
        label=letter_label(letter.kind, letter.recipient),
        lines=f"{len(lines)} line{'' if len(lines) == 1 else 's'}" if lines else "request",
        issued=f"{day_time(letter.issued_at)}, {letter.issued_by.signature if letter.issued_by else ''}",
        state=state,
        tone=tone,
        sent=[
            f"{each.get_channel_display()} {day_time(each.sent_at)}, {each.by.signature}" + (f" ({each.tracking})" if each.tracking else "")
            for each in deliveries
        ],
        void_reason=letter.void_reason,
        current=letter.pk == shown,
    )


def _state(letter: Letter, *, sent: bool) -> tuple[str, str]:
    if letter.status == LetterStatus.VOID:
        return "Void", "not-met"
    return ("Sent", "met") if sent else ("To be sent", "due")


def _facts(language: str, *, large_print: bool) -> list[Mapping[str, str]]:
    facts: list[Mapping[str, str]] = [{"label": "Language", "value": LANGUAGES.get(language, language)}]
    if large_print:
        facts.append({"label": "Print", "value": "large print"})
    return facts


@dataclass(frozen=True)
class BatchRow:
    """An issued letter that nobody has sent yet."""

    pk: int
    url: str
    pdf_url: str
    reference: str
    label: str
    language: str
    plan: str
    issued: str


def batch_rows(letters: Iterable[Letter]) -> list[BatchRow]:
    return [
        BatchRow(
            pk=letter.pk,
            url=reverse("letter", args=[letter.case.reference, letter.pk]),
            pdf_url=reverse("letter-pdf", args=[letter.case.reference, letter.pk]),
            reference=letter.case.reference,
            label=letter_label(letter.kind, letter.recipient),
            language=LANGUAGES.get(letter.language, letter.language) + (", large print" if letter.large_print else ""),
            plan=letter.case.plan.name if letter.case.plan else "",
            issued=day(letter.issued_at),
        )
        for letter in letters
    ]


def file_name(letter: Letter) -> str:
    """Without any personal data: PA-2026-000101-approval-member-en-12.pdf"""
    return f"{letter.case.reference}-{letter.kind}-{letter.recipient}-{letter.language}-{letter.pk}.pdf"


def split(problems: Sequence[LetterProblem]) -> tuple[list[LetterProblem], list[LetterProblem]]:
    """What keeps the letter, and what is worth a look."""
    return errors(problems), [problem for problem in problems if problem.is_warning]
