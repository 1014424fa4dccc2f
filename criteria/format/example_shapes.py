"""The examples of the format: facts, findings, and what is expected."""

from criteria.enums import Authority, Certainty, FindingValue, LineOfBusiness, Next, Response, ReviewType, SessionSource, Side, Value

from .records import ByType, Field, ListOf, MapOf, Record
from .shapes import JSON, OneOf, Problems, as_day
from .words import AT_LEAST_ONE, CODE, DIAGNOSIS, FACT_DAY, ID, KIND, ONSET, STATE, TEXT, must, words
from .yaml_text import Path

SITE = ByType(TEXT, Record({"name": must(TEXT), "side": Field(words(Side))}), dict)


def _trial(value: JSON, at: Path, problems: Problems) -> None:
    begun, ended = as_day(value.get("from")), as_day(value.get("to"))
    if begun and ended and ended < begun:
        problems.add((*at, "to"), f"This trial ends on {ended}, before it starts on {begun}. Allowed: {begun} or later.")


FACTS = Record(
    {
        "review_type": Field(words(ReviewType)),
        "received": Field(FACT_DAY, doc="The day the request was received."),
        "first_service": Field(FACT_DAY),
        "birth_date": Field(FACT_DAY),
        "symptom_onset": Field(ONSET, doc="Null when the record gives none."),
        "diagnoses": Field(ListOf(Record({"code": must(DIAGNOSIS), "certainty": must(words(Certainty))}))),
        "treatments": Field(
            ListOf(
                Record(
                    {
                        "kind": Field(KIND),
                        "agent": Field(TEXT),
                        "from": Field(FACT_DAY),
                        "to": Field(FACT_DAY),
                        "response": Field(words(Response)),
                    },
                    _trial,
                )
            )
        ),
        "sessions": Field(ListOf(Record({"code": must(CODE), "date": must(FACT_DAY), "source": Field(words(SessionSource))}))),
        "line": Field(
            Record(
                {
                    "code": Field(CODE),
                    "units": Field(AT_LEAST_ONE),
                    "sites": Field(ListOf(SITE)),
                    "examined_sites": Field(ListOf(SITE)),
                }
            )
        ),
        "other_lines": Field(ListOf(Record({"code": Field(CODE), "first_service": Field(FACT_DAY)}))),
    }
)
IDS = ListOf(ID)
STEP = Record({"criterion": must(ID), "needs": must(OneOf("met", "not_met"))})
EXPECT = Record(
    {
        "value": Field(words(Value)),
        "open": Field(IDS),
        "settled": Field(IDS),
        "reasons": Field(IDS),
        "shortest": Field(ListOf(STEP)),
        "next": Field(words(Next)),
        "authority": Field(words(Authority)),
    }
)
EXAMPLE = Record(
    {
        "name": must(TEXT, "Unique in the file."),
        "rule": must(ID),
        "plan": Field(ID),
        "line_of_business": Field(words(LineOfBusiness)),
        "state": Field(STATE),
        "facts": Field(FACTS, doc="What the case records; checks run on it and answer what `findings` leaves out."),
        "findings": Field(MapOf(ID, words(FindingValue), nullable=True), doc="Criterion id to finding; null is unanswered."),
        "expect": Field(EXPECT, doc="Only the keys given are compared, lists exactly."),
    }
)
