"""Templates compile, and hold nothing that the Content-Security-Policy would refuse."""

import re

import pytest
from django.template import engines

from tests.architecture.sources import ROOT, templates, where

REFUSED = {
    "an inline style": re.compile(r"\sstyle\s*=|<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "an inline event": re.compile(r"\son[a-z]+\s*=\s*[\"']|hx-on|javascript:", re.IGNORECASE),
    "something from elsewhere": re.compile(r"(src|href)\s*=\s*[\"'](https?:)?//(?!www\.w3\.org)", re.IGNORECASE),
}
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}", re.DOTALL)


@pytest.mark.parametrize("path", templates(), ids=where)
def test_nothing_inline(path):
    text = COMMENT.sub("", path.read_text())
    assert [what for what, pattern in REFUSED.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", templates(), ids=where)
def test_compiles(path):
    folder = next(parent for parent in path.parents if parent.name == "templates")
    assert engines["django"].get_template(str(path.relative_to(folder))).origin.name == str(path)


def test_root_is_where_templates_are():
    assert (ROOT / "templates").is_dir()
