"""The member's reason beside the decision: words by language, how hard they are to read, what is wrong with them, what could change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from authreview.reading_ease import reading_label
from cases.enums import ADVERSE, DenialBasis
from cases.models import InformationRequest
from cases.queries.decide import member_reason, suggested_basis, what_could_change
from cases.queries.lines import LineReview
from cases.wording import lint


@dataclass(frozen=True, slots=True)
class LetterWords:
    """`hint`: which basis the reasons' family names, in words; `origin`: where the wording comes from."""

    reason_en: str
    reason_es: str
    reads_spanish: bool
    grade: str
    grade_es: str
    problems: list[str]
    change: list[str]
    hint: str
    origin: str


HINTS = {
    DenialBasis.EXPERIMENTAL: "What made the rule not met is a use without proven benefit.",
    DenialBasis.MEDICAL_NECESSITY: "What made the rule not met is a question of medical necessity or limits.",
    DenialBasis.NO_INFORMATION: "The criteria are undetermined: something is still missing.",
}


def letter_words(
    review: LineReview, requests: Sequence[InformationRequest], basis: str, outcome: str, language: str, typed: Mapping[str, str] | None
) -> LetterWords:
    """`typed` None: the policy's wording for this basis."""
    policys = member_reason(review, basis, requests) if outcome in ADVERSE else {}
    words = typed if typed is not None else policys
    english, spanish = words.get("en", ""), words.get("es", "")
    origin = ""
    if english:
        origin = "from the policy's wording" if english == policys.get("en") else "in your own words"
    return LetterWords(
        reason_en=english,
        reason_es=spanish,
        reads_spanish=language == "es",
        grade=reading_label(english) if english else "",
        grade_es=reading_label(spanish, "es") if spanish and language == "es" else "",
        problems=[problem.sentence for problem in lint(english)],
        change=what_could_change(review, basis) if outcome in ADVERSE else [],
        hint=HINTS.get(DenialBasis(suggested), "") if (suggested := suggested_basis(review)) else "",
        origin=origin,
    )
