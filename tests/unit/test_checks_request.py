"""Checks of the request itself, clause by clause: units, muscles and nerves, other lines."""

from datetime import date

import pytest

from criteria.checks import CaseFacts, Line, OtherLine, Proposal, Site, propose
from criteria.enums import FindingValue, Side
from criteria.tree import Check

MET, NOT_MET, UNCLEAR, NOT_DOCUMENTED = FindingValue.MET, FindingValue.NOT_MET, FindingValue.UNCLEAR, FindingValue.NOT_DOCUMENTED
RECEIVED, SERVICE = date(2026, 3, 2), date(2026, 3, 16)
CODES = ("20552", "20553")


def proposed(name, args, **facts):
    """A line of 20553 received on 2 March 2026 for 16 March 2026, with these facts."""
    return propose(Check(name, args), CaseFacts(**{"received": RECEIVED, "first_service": SERVICE, **facts}), CODES)


def answer(name, args, **facts):
    proposal = proposed(name, args, **facts)
    return proposal.finding, proposal.arithmetic


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, Proposal(MET, "1 unit asked for, at most 1", ("units",))),
        (2, Proposal(NOT_MET, "2 units asked for, more than 1", ("units",))),
        (None, Proposal(NOT_DOCUMENTED, "no units are recorded")),
    ],
)
def test_units(number, expected):
    assert proposed("units", {"at_most": 1}, line=Line("20553", number)) == expected


def named(*rows):
    return tuple(Site(row) if isinstance(row, str) else Site(row[0], Side(row[1])) for row in rows)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["trapezius", "masseter", "rhomboid"], (MET, "3 named, 3 needed: trapezius, masseter and rhomboid")),
        (["trapezius", "Trapezius", "masseter"], (UNCLEAR, "2 named, 3 needed: trapezius, Trapezius and masseter")),
        (
            [("trapezius", "bilateral"), "masseter"],
            (MET, "2 named, 3 counted per side, 3 needed: trapezius on both sides and masseter"),
        ),
        (
            [("trapezius", "left"), ("trapezius", "right"), ("Trapezius", "bilateral")],
            (UNCLEAR, "1 named, 2 counted per side, 3 needed: left trapezius, right trapezius and Trapezius on both sides"),
        ),
        (["trapezius", ("trapezius", "left"), "masseter"], (UNCLEAR, "2 named, 3 needed: trapezius, left trapezius and masseter")),
        ([], (NOT_DOCUMENTED, "no muscle or nerve is named")),
    ],
)
def test_number_of_sites(rows, expected):
    assert answer("sites", {"at_least": 3}, line=Line("20553", 1, named(*rows))) == expected


@pytest.mark.parametrize(
    ("requested", "examined", "expected"),
    [
        (["trapezius", "masseter"], ["trapezius"], (NOT_DOCUMENTED, "trapezius examined; no finding for the masseter")),
        (["trapezius", "masseter"], ["Masseter", "TRAPEZIUS"], (MET, "trapezius and masseter examined")),
        (["trapezius"], [("trapezius", "left")], (MET, "trapezius examined")),
        ([("trapezius", "left")], ["trapezius"], (MET, "left trapezius examined")),
        ([("trapezius", "left")], [("trapezius", "bilateral")], (MET, "left trapezius examined")),
        ([("trapezius", "left")], [("trapezius", "right")], (NOT_DOCUMENTED, "no finding for the left trapezius")),
        ([("trapezius", "bilateral")], [("trapezius", "left")], (NOT_DOCUMENTED, "no finding for the right trapezius")),
        ([("trapezius", "bilateral")], [("trapezius", "left"), ("trapezius", "right")], (MET, "trapezius on both sides examined")),
        ([("trapezius", "bilateral")], [], (NOT_DOCUMENTED, "no finding for the trapezius on both sides")),
        (["a", "b"], [], (NOT_DOCUMENTED, "no finding for the a or the b")),
        ([], ["trapezius"], (NOT_DOCUMENTED, "no muscle or nerve is named")),
    ],
)
def test_examined_sites(requested, examined, expected):
    assert answer("sites", {"examined": True}, line=Line("20553", 1, named(*requested), named(*examined))) == expected


def test_examined_sites_name_the_findings_they_lean_on():
    line = Line("20553", 1, named("trapezius", "masseter"), named("rhomboid", "trapezius"))
    assert proposed("sites", {"examined": True}, line=line).facts_used == ("site:0", "site:1", "examined_site:1")


@pytest.mark.parametrize(
    ("other", "service", "expected"),
    [
        (OtherLine("64405", SERVICE), SERVICE, (NOT_MET, "also open or approved for 16 Mar 2026: 64405")),
        (OtherLine("64405", date(2026, 3, 30)), SERVICE, (MET, "no line of 64400 or 64405 is open or approved for 16 Mar 2026")),
        (OtherLine("64450", SERVICE), SERVICE, (MET, "no line of 64400 or 64405 is open or approved for 16 Mar 2026")),
        (OtherLine("64405", None), SERVICE, (MET, "no line of 64400 or 64405 is open or approved for 16 Mar 2026")),
        (OtherLine("64405", RECEIVED), None, (MET, "no line of 64400 or 64405 is open or approved without a date, as this line is")),
        (OtherLine("64405", None), None, (NOT_MET, "also open or approved without a date, as this line is: 64405")),
        (
            OtherLine("64405", None, same_case=False),
            None,
            (MET, "no line of 64400 or 64405 is open or approved without a date, as this line is"),
        ),
    ],
)
def test_requested_with(other, service, expected):
    assert answer("requested_with", {"none_of": ["64400", "64405"]}, other_lines=(other,), first_service=service) == expected


def test_requested_with_names_each_line():
    others = (OtherLine("64400", SERVICE), OtherLine("64450", SERVICE), OtherLine("64405", SERVICE, same_case=False))
    proposal = proposed("requested_with", {"none_of": ["64400", "64405"]}, other_lines=others)
    assert proposal == Proposal(
        NOT_MET, "also open or approved for 16 Mar 2026: 64400 and 64405", ("other_line:0", "other_line:2", "first_service")
    )
