"""The policy file: text -> document and tree, document -> text, and every error with its path. Pure; the public face of the format.

A document is what PolicyVersion stores: exactly the keys of the file, dates as ISO text, nothing filled in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from criteria.tree import Policy

from . import consistency, schema, yaml_text
from .document import policy_from
from .shapes import MAX_ERRORS, FormatError, Problems

__all__ = ["FormatError", "Loaded", "dump", "load", "loaded", "parse", "validate"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """One policy file. `policy` and `document` are None exactly when there are errors.

    `identity` is slug and version, where they can be read.
    """

    name: str
    policy: Policy | None
    errors: tuple[FormatError, ...]
    document: dict[str, Any] | None
    identity: tuple[str, str] | None = None
    text: yaml_text.YamlText = field(default_factory=yaml_text.YamlText, repr=False, compare=False)

    @property
    def kept(self) -> dict[str, Any] | None:
        """What a draft may keep of a text, right or wrong: a mapping that was read without a complaint. None where it is no such thing."""
        if self.document is not None:
            return self.document
        data = self.text.data
        if self.text.errors or not self.text.readable or not isinstance(data, dict) or len(self.errors) > MAX_ERRORS:
            return None
        return None if _UNSTORABLE.search("".join(_words(data))) else _plain(data)

    def problems(self) -> Problems:
        """Collects further errors of this file with their lines."""
        return Problems(self.text.lines, self.text.key_lines, self.text.raw)


def load(text: bytes | str, name: str) -> Loaded:
    """One file of this name. Never raises: every error is in the answer, in the order of the lines."""
    read = yaml_text.read(text)
    problems = Problems(read.lines, read.key_lines, read.raw)
    for at, line, message in read.errors:
        problems.add(at, message, line=line)
    if read.readable:
        _judge(read.data, problems)
    return _loaded(name, read, problems)


def loaded(document: Mapping[str, Any], name: str) -> Loaded:
    """A stored document as if it had been loaded from a file: validated, without lines."""
    problems = Problems()
    _judge(document, problems)
    return _loaded(name, yaml_text.YamlText(data=document), problems)


def validate(document: Any) -> tuple[FormatError, ...]:
    """What is wrong with a document, such as an editor's. Never raises."""
    problems = Problems()
    _judge(document, problems)
    return tuple(problems.errors)


def parse(document: Mapping[str, Any]) -> Policy:
    """The tree of a stored document: the fast path, for documents that were validated when they were stored."""
    return policy_from(document)


def dump(document: Mapping[str, Any]) -> str:
    """The document as YAML in the order of the format's own page. Loading it gives the same document."""
    ordered = schema.POLICY.ordered(dict(document))
    return yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=False)


def _judge(data: Any, problems: Problems) -> None:
    schema.POLICY.check(data, (), problems)
    consistency.check(data, problems)


def _loaded(name: str, read: yaml_text.YamlText, problems: Problems) -> Loaded:
    data = read.data if isinstance(read.data, dict) else {}
    slug, version = data.get("policy"), data.get("version")
    identity = (slug, version) if isinstance(slug, str) and isinstance(version, str) else None
    errors = tuple(sorted(problems.errors, key=lambda error: error.line or 0))
    if errors:
        return Loaded(name, None, errors, None, identity, read)
    document = _plain(data)
    return Loaded(name, policy_from(document), (), document, identity, read)


def _plain(value: Any) -> Any:
    """JSON's types alone: a date becomes ISO text, and what no policy holds stays as it was written."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, yaml_text.Odd):
        return value.raw
    return value.isoformat() if isinstance(value, date) else value


def _words(value: Any) -> Iterator[str]:
    """Every text in a value, its keys too."""
    if isinstance(value, dict):
        yield from value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(item, str):
            yield item
        else:
            yield from _words(item)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL keeps neither


class _Dumper(yaml.SafeDumper):
    """Lists indented below their key, long text over several lines, no aliases for a value that stands twice."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text_node(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Lines as lines; in quotes what the emitter would take for the end of a line."""
    style = '"' if re.search("[\u2028\u2029\ufeff]", text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)
