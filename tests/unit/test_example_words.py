"""What an example expected and got, as people read it."""

from criteria.example_words import Said, differences, shortened
from criteria.examples import Result

LONG = "Symptoms have lasted more than three months, and simpler care did not relieve them"


def result(*unlike):
    return Result("rule", "name", {}, unlike, {"criterion_3": LONG, "pain": "Pain"})


def test_criteria_are_named_by_their_text():
    [found] = differences(result(("open", ["criterion_3", "gone"], [])))
    assert found.parts[0] == ("expected", (Said("Symptoms have lasted more than three months, and simpler …", "criterion_3"), Said("gone")))
    assert str(found) == "Open: expected “Symptoms have lasted more than three months, and simpler …” (criterion_3), gone, got nothing"


def test_of_lists_only_what_differs():
    unlike = (("open", ["criterion_3", "pain"], ["criterion_3", "gone"]), ("reasons", ["pain", "gone"], ["gone", "pain"]))
    assert [str(each) for each in differences(result(*unlike))] == [
        "Open: missing “Pain” (pain), not expected gone",
        "Reasons: expected “Pain” (pain), gone, got gone, “Pain” (pain)",
    ]


def test_steps_values_and_people():
    unlike = (
        ("shortest", [{"criterion": "pain", "needs": "not_met"}], []),
        ("value", "met", "undetermined"),
        ("next", "refer", "request_information"),
        ("authority", "nurse", None),
    )
    assert [str(each) for each in differences(result(*unlike))] == [
        "Shortest way: expected “Pain: not met” (pain), got nothing",
        "Value: expected met, got undecided",
        "Next step: expected a medical director decides, got request information",
        "Certified by: expected a nurse, got nobody",
    ]


def test_short_texts_stay():
    assert (shortened("Pain"), len(shortened("a" * 61)) <= 63) == ("Pain", True)
