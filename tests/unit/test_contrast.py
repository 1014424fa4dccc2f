"""Every pair of colours that meets on a screen, computed from tokens.css by the formula of WCAG 2.2 (1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")
TOKENS = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", (CSS / "tokens.css").read_text()))

TEXT, SHAPE = 4.5, 3.0
GROUNDS = ("paper", "desk", "wash", "fog", "accent-wash")
STATES = ("met", "not-met", "unclear", "missing")

PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3", "accent", "accent-ink", *STATES) for ground in GROUNDS),
    *((ink, f"{state}-wash", TEXT) for state in STATES for ink in ("ink", "ink-2", "ink-3", "accent", state)),
    *(("paper", ground, TEXT) for ground in ("ink", "ink-2", "accent", "accent-ink", *STATES)),
    *((ink, ground, TEXT) for ink in ("ink", "accent") for ground in ("marker", "marker-now", "pending")),
    *((ink, ground, TEXT) for ink in ("bar-ink", "bar-ink-2") for ground in ("bar", "bar-field")),
    *((mark, ground, SHAPE) for mark in ("edge", "focus") for ground in (*GROUNDS, *(f"{state}-wash" for state in STATES))),
    *((mark, "bar", SHAPE) for mark in ("bar-edge", "bar-mark", "bar-focus")),
    ("bar-edge", "bar-field", SHAPE),
]
DRAWN_ONLY = {"line", "line-2"}  # rules between rows: nothing is told by them


def contrast(one: str, other: str) -> float:
    """1 to 21, as defined by WCAG."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_formula():
    assert (round(contrast("#000000", "#ffffff"), 2), round(contrast("#777777", "#ffffff"), 2)) == (21.0, 4.48)


@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=str)
def test_pair(front, ground, least):
    assert contrast(TOKENS[front], TOKENS[ground]) >= least


def test_each_colour_is_in_a_pair():
    named = {token for front, ground, _ in PAIRS for token in (front, ground)}
    assert set(TOKENS) - named == DRAWN_ONLY


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_colours_are_named_in_tokens_alone(path):
    if path.name not in {"tokens.css", "letter.css", "letter-page.css"}:  # paper has its own; margin boxes know no variables
        assert HEX.findall(re.sub(r"#[a-z][\w-]*(?=[^;{}]*\{)", "", path.read_text())) == []
