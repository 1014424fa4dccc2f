"""Policies for the tests of the format: the files in tests/data, and changes to them by path."""

import re
from copy import deepcopy
from functools import cache
from pathlib import Path

import yaml

from criteria.format import load

DATA = Path(__file__).parents[1] / "data"
BASE_TEXT = (DATA / "base.yaml").read_text()
OVERLAY_TEXT = (DATA / "overlay.yaml").read_text()
LEFT_OUT = object()


@cache
def _document(name):
    return load((DATA / f"{name}.yaml").read_bytes(), name).document


def document(name="base"):
    return deepcopy(_document(name))


def changed(path, value, name="base"):
    """The document with one value set, or LEFT_OUT; `rules[0].codes[1]` is a path."""
    data = document(name)
    *way, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path)]
    place = data
    for part in way:
        place = place[part]
    if value is LEFT_OUT:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return data


class Written(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def text(data):
    """YAML as an author's tool would write it, without aliases."""
    return yaml.dump(data, Dumper=Written, sort_keys=False, allow_unicode=True)


def criterion(name="c", **more):
    return {"id": name, "text": "Text", "ask": "Ask", "reason": "Reason"} | more
