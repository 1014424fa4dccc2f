"""Shapes made of shapes: lists, mappings and records with a closed list of keys. Nothing here knows a policy."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .shapes import JSON, Problems, Shape, Text
from .yaml_text import Path, short


class ListOf(Shape):
    """A list of one shape; `filled` wants an entry, `distinct` refuses the same one twice."""

    def __init__(self, item: Shape, filled: bool = False, distinct: bool = False) -> None:
        self.item, self.filled, self.distinct = item, filled, distinct
        self.says = f"a list of {item.says}"

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.wrong(at, value, self.says)
            return
        if self.filled and not value:
            problems.add(at, f"This list is empty. Allowed: {self.says}, at least one.")
        seen: set[str] = set()
        for index, item in enumerate(value):
            self.item.check(item, (*at, index), problems)
            if self.distinct and isinstance(item, str):
                if item in seen:
                    problems.add((*at, index), f"{short(item)} stands in this list twice. Keep one.")
                seen.add(item)

    def ordered(self, value: Any) -> Any:
        return [self.item.ordered(item) for item in value] if isinstance(value, list) else value

    def schema(self) -> JSON:
        return (
            {"type": "array", "items": self.item.schema()}
            | ({"minItems": 1} if self.filled else {})
            | ({"uniqueItems": True} if self.distinct else {})
        )


class MapOf(Shape):
    """A mapping whose keys the author chooses. A null value is allowed where `nullable`."""

    def __init__(self, keys: Text, value: Shape, required: tuple[str, ...] = (), nullable: bool = False) -> None:
        self.keys, self.value, self.required, self.nullable = keys, value, required, nullable
        self.says = f"a mapping to {value.says}" + (f" with {', '.join(required)}" if required else "")

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.wrong(at, value, self.says)
            return
        for key, item in value.items():
            self.keys.check(key, (*at, key), problems)
            if item is not None or not self.nullable:
                self.value.check(item, (*at, key), problems)
        for key in self.required:
            if key not in value:
                problems.add((*at, key), f"{key} is required here and missing. Allowed: {self.value.says}.")

    def schema(self) -> JSON:
        value = _nullable(self.value.schema()) if self.nullable else self.value.schema()
        schema: JSON = {"type": "object", "propertyNames": self.keys.schema(), "additionalProperties": value}
        return schema | ({"required": list(self.required)} if self.required else {})


def _nullable(schema: JSON) -> JSON:
    if "enum" in schema:
        return schema | {"enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str):
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


class ByType(Shape):
    """One shape for text, another for a list or a mapping."""

    def __init__(self, text: Shape, other: Shape, kind: type, says: str | None = None) -> None:
        self.text, self.other, self.kind = text, other, kind
        self.says = says or f"{text.says}, or {other.says}"

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        if isinstance(value, str):
            self.text.check(value, at, problems)
        elif isinstance(value, self.kind):
            self.other.check(value, at, problems)
        else:
            problems.wrong(at, value, self.says)

    def ordered(self, value: Any) -> Any:
        return self.other.ordered(value) if isinstance(value, self.kind) else value

    def schema(self) -> JSON:
        return {"anyOf": [self.text.schema(), self.other.schema()]}


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a record."""

    shape: Shape
    required: bool = False
    doc: str = ""


@dataclass
class Record(Shape):
    """A mapping with a closed list of keys. A null stands for a key left out. `also` looks at the keys together."""

    fields: dict[str, Field]
    also: Callable[[JSON, Path, Problems], None] | None = None
    rules: JSON = field(default_factory=dict)  # what JSON Schema can say of `also`

    @property
    def says(self) -> str:  # type: ignore[override]
        return "a mapping with " + ", ".join(self.fields)

    def judge(self, value: Any, at: Path, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.wrong(at, value, self.says)
            return
        for key, item in value.items():
            known = self.fields.get(key)
            if known is None:
                problems.add((*at, str(key)), "" if problems.full else _unknown(str(key), self.fields), key=True)
            elif item is not None:
                known.shape.check(item, (*at, key), problems)
        for key, known in self.fields.items():
            if known.required and value.get(key) is None:
                problems.add((*at, key), f"{key} is required here and missing. Allowed: {known.shape.says}.")
        if self.also:
            self.also(value, at, problems)

    def ordered(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        known = {key: self.fields[key].shape.ordered(value[key]) for key in self.fields if key in value}
        return known | {key: item for key, item in value.items() if key not in self.fields}

    def schema(self) -> JSON:
        properties = {}
        for key, known in self.fields.items():
            schema = known.shape.schema() if known.required else _nullable(known.shape.schema())
            properties[key] = ({"description": known.doc} if known.doc else {}) | schema
        required = [key for key, known in self.fields.items() if known.required]
        schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return schema | ({"required": required} if required else {}) | self.rules


def _unknown(key: str, fields: Mapping[str, Field]) -> str:
    near = difflib.get_close_matches(key, fields, n=1) if len(key) <= 40 else []
    guess = f" Did you mean {near[0]}?" if near else ""
    return f"Unknown key {short(key)}.{guess} Allowed here: {', '.join(fields)}."
