"""Random valid policies as documents, for properties that hold of every policy: every key of the format is reached."""

from datetime import date

from hypothesis import strategies as st

from criteria.enums import Authority, Basis, EvidenceRule, Family, Leans, LineOfBusiness, ReferenceKind, Response
from tests.unit.policy_files import criterion

words = st.builds(
    "{}{}".format,
    st.sampled_from(["Pain", "é", "no", "1", "#"]),
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=6),
)
days = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str)
wordings = words | st.fixed_dictionaries({"en": words}, optional={"es": words})
periods = st.builds("{} {}".format, st.integers(1, 40), st.sampled_from(["days", "weeks", "months", "year"]))
counts = st.integers(1, 40)
kinds = st.lists(st.sampled_from(["nsaid", "physical_therapy", "topical"]), min_size=1, max_size=3, unique=True)
responses = st.sampled_from([str(word) for word in Response])


def some(enum):
    return st.sampled_from([str(word) for word in enum])


@st.composite
def treatments(draw):
    any_of = draw(kinds)
    more = {
        "at_least": periods,
        "response": responses | st.lists(responses, min_size=1, max_size=2, unique=True),
        "how_many": st.integers(1, len(any_of)),
        "within": periods,
    }
    return {"any_of": any_of} | draw(st.fixed_dictionaries({}, optional=more))


def only(name, value):
    return st.fixed_dictionaries({name: value})


checks = st.one_of(
    only("symptom_duration", only("more_than", periods) | only("at_least", periods)),
    only(
        "age",
        only("at_least", st.integers(0, 40)) | st.fixed_dictionaries({"at_least": st.integers(0, 18), "at_most": st.integers(18, 90)}),
    ),
    only("diagnosis", only("any_of", st.lists(st.sampled_from(["M54.81", "G43*", "M79.1*"]), min_size=1, unique=True))),
    only("treatments", treatments()),
    only("prior_sessions", st.fixed_dictionaries({"at_most": counts, "within": periods})),
    only("days_since_last", only("at_least", counts)),
    only("months_since_last", only("at_least", counts)),
    only("units", only("at_most", counts)),
    only("sites", only("at_least", counts) | only("examined", st.just(True))),
    only("requested_with", only("none_of", st.lists(st.sampled_from(["64405", "20553"]), min_size=1, unique=True))),
)


@st.composite
def criteria(draw, name, references, excluded):
    optional = {
        "help": words,
        "needs": st.lists(words, max_size=2),
        "missing": wordings,
        "verify": words,
        "cites": st.lists(st.sampled_from(references), unique=True) if references else st.just([]),
        "family": some(Family),
        "evidence": some(EvidenceRule),
        "may_not_apply": st.booleans(),
        "authority": some(Authority),
        "check": checks,
    } | ({"silence": st.just("absent")} if excluded else {})
    said = draw(st.fixed_dictionaries({"text": words, "ask": wordings, "reason": wordings}, optional=optional))
    return criterion(name, **said)


@st.composite
def trees(draw, ids, references, depth=0, excluded=False):
    """A node; `ids` gives each criterion and named group its own."""
    kind = draw(st.sampled_from(["criterion", "all", "any", "at_least", "none"][: 1 if depth > 2 else 5]))
    if kind == "criterion":
        return draw(criteria(next(ids), references, excluded))
    below = excluded != (kind == "none")
    children = [draw(trees(ids, references, depth + 1, below)) for _ in range(draw(st.integers(1, 3)))]
    inner = {"n": draw(st.integers(1, len(children))), "of": children} if kind == "at_least" else children
    head = {"id": next(ids)} if draw(st.booleans()) else {}
    return head | draw(st.fixed_dictionaries({}, optional={"title": words})) | {kind: inner}


@st.composite
def policies(draw):
    """A whole document, valid by the format."""
    ids = (f"c{number}" for number in range(10_000))
    references = draw(st.lists(st.sampled_from(["ref-1", "ref-2", "ref-3"]), max_size=3, unique=True))
    codes = iter(draw(st.permutations(["20552", "20553", "20610", "64400", "J0585"])))
    first, last = sorted(draw(st.lists(days, min_size=2, max_size=2)))
    reference = {"kind": some(ReferenceKind), "title": words}
    optional = {"publisher": words, "year": st.integers(1900, 2100), "url": st.just("https://guide.example/a")}
    note = {"says": words, "leans": some(Leans)}
    cites = st.lists(st.sampled_from(references), unique=True) if references else st.just([])
    rules = [
        {
            "id": f"rule-{number}",
            "codes": [next(codes) for _ in range(draw(st.integers(1, 2)))],
            "name": draw(words),
            "lay_name": draw(wordings),
            "authority": draw(some(Authority)),
            "criteria": draw(trees(ids, references)),
        }
        | draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "verify": words,
                    "evidence_notes": st.lists(st.fixed_dictionaries(note, optional={"cites": cites, "verify": words}), max_size=2),
                    "notes_on_approval": st.lists(words, max_size=2),
                },
            )
        )
        for number in range(draw(st.integers(1, 2)))
    ]
    base = {
        "format": 1,
        "policy": draw(st.sampled_from(["joint-shots", "head-shots"])),
        "version": draw(st.sampled_from(["2026.1", "2026.2", "3"])),
        "title": draw(words),
        "basis": draw(some(Basis)),
        "source": {"name": draw(words)}
        | draw(st.fixed_dictionaries({}, optional={"revision": days, "url": st.just("https://plan.example")})),
        "effective": {"from": first} | draw(st.sampled_from([{}, {"until": last}, {"until": None}])),
        "rules": rules,
    }
    applies = {
        "lines_of_business": st.lists(some(LineOfBusiness), unique=True, max_size=2),
        "plans": st.lists(st.sampled_from(["acme", "ahh"]), unique=True),
        "states": st.lists(st.sampled_from(["OH", "PA"]), unique=True),
    }
    more = {
        "next_review": days,
        "applies_to": st.fixed_dictionaries({}, optional=applies),
        "overlays": st.sampled_from([None, "another"]),
        "summary": words,
        "pitfalls": st.lists(words, max_size=2),
        "references": st.just([{"id": name} | draw(st.fixed_dictionaries(reference, optional=optional)) for name in references]),
    }
    document = base | draw(st.fixed_dictionaries({} if not references else {"references": more.pop("references")}, optional=more))
    if draw(st.booleans()):
        finding = st.sampled_from(["met", "not_met", "unclear", "not_documented", None])
        document["examples"] = [
            {"name": f"example {number}", "rule": draw(st.sampled_from(rules))["id"]}
            | draw(
                st.fixed_dictionaries(
                    {}, optional={"findings": st.dictionaries(st.sampled_from(["c0", "c1"]), finding), "plan": st.just("ahh")}
                )
            )
            for number in range(draw(st.integers(1, 2)))
        ]
    return document
