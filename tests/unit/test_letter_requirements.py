"""The lint of a letter: each thing that must be in it, taken out, is named; nothing is named of a whole letter."""

from dataclasses import replace

import pytest
from django.urls import reverse

from cases.letters.context import Block, Expected, Item, LetterContext, LetterDraft, Part, Reason, Row
from cases.letters.requirements import errors, grade_of, lint, required_texts, text_of
from cases.letters.wording_texts import Section, filled, leftover, paragraph_of, section_of, unknown_placeholders

MEMBER_KEYS = (
    "free_copies",
    "appeal",
    "fast_appeal",
    "how_to_appeal",
    "representative",
    "external_review",
    "regulator",
    "court",
    "language_help",
)


def section(key):
    return Section(key, f"About {key}", (paragraph_of(f"The words of {key}."),))


DENIAL = LetterContext(
    kind="denial",
    recipient="member",
    language="en",
    large_print=False,
    line_of_business="commercial",
    reference="PA-2026-000101",
    dated="2026-03-09",
    words={},
    sender="Sample Health Plan",
    sender_lines=(),
    to=("Avery Sample", "100 Example Street"),
    meta=(),
    foot="",
    title="We did not approve the care",
    opening=(paragraph_of("Your doctor asked us."),),
    rows=(Row("Numbing shots", "Not approved", "no", ("Reason 1 below.",)),),
    reasons=(Reason(1, "Numbing shots", "Our rule says that studies do not yet show a benefit."),),
    policy=(paragraph_of("We used our policy."),),
    change=("A note from your doctor.",),
    parts=(Part(tuple(section(key) for key in MEMBER_KEYS)),),
)
PRACTICE = replace(
    DENIAL,
    recipient="practitioner",
    reasons=(),
    policy=(),
    change=(),
    blocks=(Block("Line 1", (), (), "The rationale.", "", "", (), ()),),
    parts=(Part(tuple(section(key) for key in ("peer_to_peer", "practitioner_appeal", "practitioner_copies"))),),
    signature=("Dana Example, MD",),
)


def html(letter):
    """Whatever the letter says, on one page."""
    sections = [each for part in (*letter.parts, *letter.closing) for each in part.sections]
    return "".join(f"<p>{paragraph.text}</p>" for each in sections for paragraph in each.paragraphs) + "".join(
        f"<p>{reason.text}</p>" for reason in letter.reasons
    )


def draft(letter, expected=None, texts=None):
    keys = [each.key for part in (*letter.parts, *letter.closing) for each in part.sections]
    return LetterDraft(letter, expected or Expected(), dict.fromkeys(texts if texts is not None else keys, 1))


def codes(letter, expected=None, texts=None, page=None):
    return [
        (problem.code, problem.is_warning) for problem in lint(draft(letter, expected, texts), page if page is not None else html(letter))
    ]


@pytest.mark.parametrize("letter", [DENIAL, PRACTICE], ids=["member", "practitioner"])
def test_a_whole_letter_has_no_problem(letter):
    assert codes(letter) == []


@pytest.mark.parametrize("letter", [DENIAL, PRACTICE], ids=["member", "practitioner"])
def test_each_text_that_is_missing_is_named(letter):
    every = list(required_texts(letter))
    assert len(every) >= 3
    for key in every:
        problems = lint(draft(letter, texts=[other for other in every if other != key]), html(letter))
        assert [problem.code for problem in problems] == ["missing_text"]
        assert f"“{key}”" in problems[0].sentence
        assert problems[0].url == reverse("admin:cases_lettertext_changelist")


@pytest.mark.parametrize(
    ("line_of_business", "more", "less"),
    [
        ("commercial", {"court", "fast_appeal"}, {"share_with_doctor"}),
        ("erisa_self_funded", {"court", "fast_appeal"}, {"share_with_doctor"}),
        ("marketplace", {"fast_appeal"}, {"court", "share_with_doctor"}),
        ("medicare_advantage", {"share_with_doctor", "fast_appeal"}, {"court"}),
        ("medicaid", {"fast_appeal"}, {"court"}),
    ],
)
def test_elements_by_line_of_business(line_of_business, more, less):
    found = set(required_texts(replace(DENIAL, line_of_business=line_of_business)))
    assert more <= found
    assert found.isdisjoint(less)
    assert {"appeal", "how_to_appeal", "external_review", "representative", "free_copies", "language_help"} <= found


def test_no_fast_appeal_of_care_already_given():
    assert "fast_appeal" not in required_texts(DENIAL, past=True)


def test_an_approval_says_what_it_means():
    approval = replace(DENIAL, kind="approval", rows=(Row("Shots", "Approved", "yes", ("1 visit.",)),), reasons=(), parts=())
    assert required_texts(approval) == {"approval_terms": "what the approval means and does not promise"}
    assert list(required_texts(replace(approval, recipient="practitioner"), past=True)) == ["practitioner_payment_terms"]


def test_a_text_that_the_template_drops():
    assert codes(DENIAL, page="<p>nothing</p>")[0] == ("not_printed", False)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("peer_phone", "admin:cases_plan_change"),
        ("plan_tty", "admin:cases_plan_change"),
        ("decide_by", "case"),
        ("plan_fone", "admin:cases_lettertext_changelist"),
    ],
)
def test_a_placeholder_without_value_is_an_error_with_its_place(name, place):
    problems = lint(draft(DENIAL, Expected(plan_id=7)), html(DENIAL) + f"<p>Call {{{name}}} now</p>")
    arguments = {"admin:cases_plan_change": [7], "case": ["PA-2026-000101"]}.get(place, [])
    assert [(problem.code, problem.is_warning, problem.url) for problem in problems] == [
        ("placeholder", False, reverse(place, args=arguments))
    ]


@pytest.mark.parametrize("text", ["The code 64405 is not covered.", "You have M54.81.", "The TPI did not help.", "See 42 CFR 422.568."])
def test_no_code_law_or_acronym_in_a_reason(text):
    letter = replace(DENIAL, reasons=(Reason(1, "Shots", text),))
    assert [problem.code in ("code", "acronym", "law") for problem in errors(lint(draft(letter), html(letter)))] == [True]


def test_an_acronym_that_is_explained_may_stand():
    letter = replace(DENIAL, reasons=(Reason(1, "Shots", "You did not try physical therapy (PT). We asked about PT."),))
    assert codes(letter) == []


def test_an_acronym_elsewhere_is_worth_a_look():
    assert codes(replace(DENIAL, change=("The EMG of your arm.",))) == [("acronym", True)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reasons": ()}, "reason"),
        ({"reasons": (Reason(1, "Shots", ""),)}, "reason"),
        ({"policy": ()}, "policy"),
        ({"rows": ()}, "rows"),
        ({"rows": (Row("Shots", "Not approved", "no", ()),)}, "row"),
        ({"to": ("Avery Sample",)}, "address"),
    ],
)
def test_what_a_denial_must_have(change, code):
    assert codes(replace(DENIAL, **change)) == [(code, False)]


def test_what_could_change_may_be_nothing_but_is_worth_a_look():
    assert codes(replace(DENIAL, change=())) == [("change", True)]


@pytest.mark.parametrize(
    ("change", "code"), [({"blocks": (Block("Line 1", (), (), "", "", "", (), ()),)}, "rationale"), ({"signature": ()}, "reviewer")]
)
def test_what_the_practitioner_must_read(change, code):
    assert codes(replace(PRACTICE, **change)) == [(code, False)]


def test_each_criterion_is_named_to_the_practitioner():
    expected = Expected(criteria=(("For occipital neuralgia", "For occipital neuralgia"), ("For migraine", "For migraine")))
    page = html(PRACTICE) + "<th><strong>For occipital neuralgia</strong></th>"
    assert codes(PRACTICE, expected, page=page) == [("criterion", False)]
    assert codes(PRACTICE, expected, page=page + "<th>For migraine</th>") == []


def test_a_member_reason_in_other_words_is_worth_a_look():
    wording = "Our rule says that studies do not yet show a benefit."
    assert codes(DENIAL, Expected(criteria=(("Not proven", wording),))) == []
    assert codes(DENIAL, Expected(criteria=(("Not proven", "Other words."),))) == [("criterion", True)]


def test_spanish_that_is_missing():
    spanish = replace(DENIAL, language="es")
    assert codes(spanish, Expected(no_language=(("Line 2", "reason"),), language="es")) == [("language", False)]


def test_a_language_we_do_not_write():
    assert codes(DENIAL, Expected(language="vi")) == [("language", True)]


def test_a_letter_that_is_hard_to_read_is_only_a_warning():
    hard = "Notwithstanding multidisciplinary documentation, the administrative determination remains fundamentally unsubstantiated. "
    letter = replace(DENIAL, reasons=(Reason(1, "Shots", hard * 12),))
    assert codes(letter) == [("grade", True)]
    assert grade_of(DENIAL).startswith("reading grade ")


def test_medicare_names_its_form():
    medicare = replace(DENIAL, line_of_business="medicare_advantage", parts=(*DENIAL.parts, Part((section("share_with_doctor"),))))
    assert codes(medicare) == [("form", True)]


def test_the_plan_provision():
    assert codes(DENIAL, Expected(has_provision=False)) == [("provision", True)]


def test_a_request_asks_something():
    request = replace(
        PRACTICE,
        kind="request",
        blocks=(),
        rows=(),
        items=(Item(1, "The date", "", (), ()),),
        parts=(Part((section("request_how"), section("request_clock_runs"))),),
    )
    assert codes(request) == []
    assert codes(replace(request, items=())) == [("items", False)]
    assert codes(request, texts=["request_how"]) == [("missing_text", False)]


# ---- wording --------------------------------------------------------------------------------------------------------------------
def test_placeholders_are_filled_or_stay():
    assert filled("Call {plan_phone} or {peer_phone}.", {"plan_phone": "1-800", "peer_phone": ""}) == "Call 1-800 or {peer_phone}."
    assert leftover("Call {peer_phone}, {peer_phone} or {x}") == ["peer_phone", "x"]
    assert unknown_placeholders("{plan_phone} {plan_fone} {}") == ["plan_fone", ""]


def test_a_text_is_heading_and_paragraphs():
    made = section_of("k", "# Call {plan_phone}\nOne **two**\nthree.\n\n[es] Cuatro.", {"plan_phone": "711"})
    assert made.heading == "Call 711"
    assert [(each.text, each.language, [run.strong for run in each.runs]) for each in made.paragraphs] == [
        ("One two three.", "", [False, True, False]),
        ("Cuatro.", "es", [False]),
    ]


def test_words_of_a_page():
    assert text_of("<p>One <strong>two</strong>,\n three &amp; four</p><p>five</p>") == "One two, three & four five"
