"""What a letter must say before it is issued, by its kind, its recipient and the line of business; each gap with where it is mended.

Reads a draft and its HTML, nothing else. A warning is shown and keeps nobody from issuing; any other problem does.
"""

import html as markup
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from authreview.reading_ease import reading_grade, reading_label
from cases.enums import LetterKind, Recipient
from cases.wording import lint as lint_words
from criteria.enums import LineOfBusiness

from .context import LetterContext, LetterDraft
from .wording_texts import CONTACT, PLACEHOLDERS, Section, leftover
from .words import LANGUAGES

DECISIONS = (LetterKind.APPROVAL, LetterKind.DENIAL, LetterKind.PARTIAL)
EXPLAINED = frozenset({"TTY", "OK"})
TARGET_GRADE = {LineOfBusiness.MEDICAID: 6.0}  # a term of state contracts, most often grade 6; verify
TARGET_GRADE_ELSEWHERE = 8.0
MEDICARE_FORM = (
    "Medicare Advantage denials go out on CMS form 10003. This letter follows its order in our own words: put the current form's text in "
    "before it is used for members."
)

# Text key -> what it says. 29 CFR 2560.503-1(g), 45 CFR 147.136(b), 42 CFR 422.568(e), 42 CFR 438.404(b), 45 CFR 92.11, NCQA UM 7
ADVERSE_MEMBER = {
    "free_copies": "how to get free copies",
    "appeal": "the right to appeal",
    "how_to_appeal": "how to appeal",
    "representative": "who can ask for the appeal",
    "external_review": "the review after the appeal",
    "regulator": "who else can help",
    "language_help": "help in other languages",
}
ADVERSE_PRACTITIONER = {
    "peer_to_peer": "the peer-to-peer conversation",
    "practitioner_appeal": "the appeal",
    "practitioner_copies": "free copies of the criteria",
}
ELEMENTS = {"court": "the right to go to court", "fast_appeal": "the fast appeal"}


@dataclass(frozen=True, slots=True)
class LetterProblem:
    """One thing that is wrong with a letter, and where it is mended."""

    code: str
    sentence: str
    url: str = ""
    is_warning: bool = False


def lint(draft: LetterDraft, html: str) -> list[LetterProblem]:
    """Errors first, then warnings. `html` is the letter as it will be drawn."""
    letter, text, past = draft.context, text_of(html), draft.expected.past
    found = [
        *_missing_texts(draft, text, past),
        *_placeholders(draft, text),
        *_structure(letter),
        *_criteria(draft, text),
        *_languages(draft),
        *(_words(letter) if letter.recipient == Recipient.MEMBER else ()),
        *_advice(draft),
    ]
    return sorted(dict.fromkeys(found), key=lambda problem: problem.is_warning)


def grade_of(letter: LetterContext) -> str:
    """How hard a member's letter is to read, with the measure's name."""
    return reading_label(plain_text(letter), letter.language)


def plain_text(letter: LetterContext) -> str:
    """What a member's letter says, in its own language, sentence after sentence."""
    paragraphs = [*letter.opening, *letter.policy, *(each for section in _sections(letter) for each in section.paragraphs)]
    said = [each.text for each in paragraphs if not each.language]
    items = [item.text for item in letter.items]
    return "\n".join([*said, *(reason.text for reason in letter.reasons), *letter.change, *items])


def text_of(html: str) -> str:
    """The words of a page, one space between them."""
    return " ".join(markup.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</?strong[^>]*>", "", html))).split())


# ---- elements -------------------------------------------------------------------------------------------------------------------
def required_texts(letter: LetterContext, *, past: bool = False) -> dict[str, str]:
    """Text key -> what it says, for this letter."""
    if letter.kind == LetterKind.REQUEST:
        return {"request_how": "how to answer", "request_clock": "what happens when nothing comes"}
    if letter.kind == LetterKind.REQUEST_NOTICE:
        return {
            "notice_meaning": "that the member need not do or pay anything",
            "notice_clock": "until when, and what then",
            "language_help": ADVERSE_MEMBER["language_help"],
        }
    member = letter.recipient == Recipient.MEMBER
    wanted: dict[str, str] = {}
    if letter.kind != LetterKind.APPROVAL:
        wanted |= _adverse_member(letter.line_of_business, past) if member else ADVERSE_PRACTITIONER
    if any(row.tone != "no" for row in letter.rows):
        terms = "payment_terms" if past else "approval_terms"
        wanted[terms if member else f"practitioner_{terms}"] = "what the approval means and does not promise"
    return wanted


def _adverse_member(line_of_business: str, past: bool) -> dict[str, str]:
    wanted = dict(ADVERSE_MEMBER)
    if not past:
        wanted["fast_appeal"] = ELEMENTS["fast_appeal"]
    if line_of_business in (LineOfBusiness.ERISA_SELF_FUNDED, LineOfBusiness.COMMERCIAL):
        wanted["court"] = ELEMENTS["court"]
    if line_of_business == LineOfBusiness.MEDICARE_ADVANTAGE:
        wanted["share_with_doctor"] = "that the member may share the letter with the doctor"
    return wanted


def _missing_texts(draft: LetterDraft, text: str, past: bool) -> Iterator[LetterProblem]:
    for key, what in required_texts(draft.context, past=past).items():
        if not any(used == key or used in (f"{key}_stopped", f"{key}_runs") for used in draft.texts):
            sentence = f"The letter does not say {what}: no approved text “{key}” holds for this line of business and language."
            yield LetterProblem("missing_text", sentence, admin_url("cases_lettertext_changelist"))
    for section in _sections(draft.context):
        for paragraph in section.paragraphs:
            if " ".join(paragraph.text.split()) not in text:
                yield LetterProblem("not_printed", f"The text “{section.key}” is not in the letter as it is drawn.")


def _placeholders(draft: LetterDraft, text: str) -> Iterator[LetterProblem]:
    for name in leftover(text):
        key = name.removeprefix("plan_")
        if name not in PLACEHOLDERS:
            sentence = f"A text uses the placeholder {{{name}}}, which does not exist."
            yield LetterProblem("placeholder", sentence, admin_url("cases_lettertext_changelist"))
        elif key in CONTACT:
            sentence = f"The plan's contact has no “{key}”, which the letter prints as {PLACEHOLDERS[name].split(',')[0]}."
            yield LetterProblem("placeholder", sentence, admin_url("cases_plan_change", draft.expected.plan_id))
        else:
            yield LetterProblem("placeholder", f"There is no value for the {PLACEHOLDERS[name]}.", case_url(draft.context))


def _structure(letter: LetterContext) -> Iterator[LetterProblem]:
    if len(letter.to) < 2:
        whose = "member" if letter.recipient == Recipient.MEMBER else "practitioner"
        yield LetterProblem("address", f"The {whose} has no address to write to.", case_url(letter))
    if letter.kind not in DECISIONS:
        if not letter.items:
            yield LetterProblem("items", "Nothing of the request is open any more.", case_url(letter))
        return
    if not letter.rows:
        yield LetterProblem("rows", "The letter is about no line.", case_url(letter))
    for row in letter.rows:
        if not row.care or not row.covers:
            yield LetterProblem("row", f"The line “{row.care}” does not say what it covers.", case_url(letter))
    if letter.kind == LetterKind.APPROVAL or letter.recipient == Recipient.PRACTITIONER:
        yield from _practice_structure(letter)
        return
    if not letter.reasons or any(not reason.text for reason in letter.reasons):
        yield LetterProblem("reason", "A line that is not approved has no reason in the letter.", case_url(letter))
    if not letter.change:
        sentence = "The letter names nothing that could change the decision: its basis has no reason of the policy behind it."
        yield LetterProblem("change", sentence, case_url(letter), is_warning=True)
    if not letter.policy:
        yield LetterProblem("policy", "The letter does not name the policy.", case_url(letter))


def _practice_structure(letter: LetterContext) -> Iterator[LetterProblem]:
    for row, block in zip(letter.rows, letter.blocks, strict=False):
        if row.tone != "yes" and not block.rationale:
            yield LetterProblem("rationale", f"{block.heading} has no clinical rationale.", case_url(letter))
    if letter.recipient == Recipient.PRACTITIONER and not letter.signature:
        yield LetterProblem("reviewer", "The letter does not say who decided.", case_url(letter))


def _criteria(draft: LetterDraft, text: str) -> Iterator[LetterProblem]:
    """Each criterion that the decision rests on is named. A member's reason may say it in other words, and the signer answers for them."""
    member = draft.context.recipient == Recipient.MEMBER
    for criterion, wording in draft.expected.criteria:
        if wording and " ".join(wording.split()) in text:
            continue
        if member:
            sentence = f"The reason says “{criterion}” in other words than the policy. Read whether it is named."
            yield LetterProblem("criterion", sentence, case_url(draft.context), is_warning=True)
        else:
            yield LetterProblem("criterion", f"The letter does not name the criterion “{criterion}”.", case_url(draft.context))


def _languages(draft: LetterDraft) -> Iterator[LetterProblem]:
    letter = draft.context
    name = {"es": "Spanish", "en": "English"}.get(letter.language, letter.language)
    for where, what in draft.expected.no_language:
        yield LetterProblem("language", f"{where} has no {what} in {name}, which this member reads.", case_url(letter))
    if draft.expected.language not in LANGUAGES:
        sentence = f"The member reads another language ({draft.expected.language}): have this English letter translated or read to them."
        yield LetterProblem("language", sentence, is_warning=True)


# ---- words ----------------------------------------------------------------------------------------------------------------------
def _words(letter: LetterContext) -> Iterator[LetterProblem]:
    """No codes, laws or unexplained acronyms where the member reads why; elsewhere they are worth a look."""
    url = case_url(letter)
    for reason in letter.reasons:
        for problem in lint_words(f"{reason.title}. {reason.text}", EXPLAINED):
            yield LetterProblem(problem.kind, f"Reason {reason.number}: {problem.sentence}", url)
    others = [*letter.change, *(item.text for item in letter.items), *(row.care for row in letter.rows)]
    for problem in lint_words("\n".join(others), EXPLAINED):
        yield LetterProblem(problem.kind, problem.sentence, url, is_warning=problem.kind != "code")


def _advice(draft: LetterDraft) -> Iterator[LetterProblem]:
    letter = draft.context
    if letter.recipient != Recipient.MEMBER:
        return
    target = TARGET_GRADE.get(LineOfBusiness(letter.line_of_business), TARGET_GRADE_ELSEWHERE)
    grade = reading_grade(plain_text(letter), letter.language)
    if grade is not None and grade > target:
        yield LetterProblem("grade", f"The letter reads at grade {grade}; grade {target:g} is the aim.", is_warning=True)
    if letter.kind not in (LetterKind.DENIAL, LetterKind.PARTIAL):
        return
    if letter.line_of_business == LineOfBusiness.MEDICARE_ADVANTAGE:
        yield LetterProblem("form", MEDICARE_FORM, admin_url("cases_lettertext_changelist"), is_warning=True)
    elif letter.line_of_business != LineOfBusiness.MEDICAID and not draft.expected.has_provision:
        sentence = "The plan's contact names no “provision”: the part of the plan document that the decision comes from."
        yield LetterProblem("provision", sentence, admin_url("cases_plan_change", draft.expected.plan_id), is_warning=True)


# ---- parts ----------------------------------------------------------------------------------------------------------------------
def _sections(letter: LetterContext) -> list[Section]:
    return [section for part in (*letter.parts, *letter.closing) for section in part.sections]


def errors(problems: Iterable[LetterProblem]) -> list[LetterProblem]:
    """Those that keep a letter from being issued."""
    return [problem for problem in problems if not problem.is_warning]


def case_url(letter: LetterContext) -> str:
    if letter.kind in (LetterKind.REQUEST, LetterKind.REQUEST_NOTICE):
        return _url("information-request", letter.reference)
    return _url("case", letter.reference)


def admin_url(name: str, *args: object) -> str:
    return _url(f"admin:{name}", *args)


def _url(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
