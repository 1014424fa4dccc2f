"""What the tests forbid the product to do: write while reading, and use a template variable that is not there."""

import inspect
import re
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.template.base import FilterExpression, Node, VariableDoesNotExist

WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(?:authreview|criteria|cases)_(\w+)', re.IGNORECASE)
READING_LEAVES = {"accessrecord", "pageopening"}  # who looked at what


def reading_does_not_write(get_response):
    """Middleware: a GET that changes a row of ours, other than to say who looked, fails."""

    def refuse(execute, sql, params, many, context):
        found = WRITES.match(sql)
        assert not found or found[1] in READING_LEAVES, f"a GET wrote: {sql[:200]}"
        return execute(sql, params, many, context)

    def middleware(request):
        if request.method not in {"GET", "HEAD"}:
            return get_response(request)
        with connection.execute_wrapper(refuse):
            return get_response(request)

    return middleware


class UndefinedVariable(str):
    """Stands in for Django's `string_if_invalid`: raises in our own templates, does nothing in those of others."""

    __slots__ = ()

    def __mod__(self, variable):
        expression, context = _being_resolved()
        if (place := _own_template()) is not None:
            raise AssertionError(f"{place} uses {{{{ {expression.token} }}}}, which is not defined") from None
        engine = context.template.engine
        engine.string_if_invalid = ""
        try:
            return expression.resolve(context)
        finally:
            engine.string_if_invalid = self

    def __contains__(self, text):
        return True


def _being_resolved():
    frame = inspect.currentframe()
    while frame := frame.f_back:
        if isinstance(frame.f_locals.get("self"), FilterExpression):
            return frame.f_locals["self"], frame.f_locals["context"]
    raise VariableDoesNotExist("outside of a filter expression")


def _own_template():
    """The template of ours that the innermost node comes from, or None where it comes from a package."""
    frame = inspect.currentframe()
    while frame := frame.f_back:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            path = Path(node.origin.name)
            ours = path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts
            return path.relative_to(settings.BASE_DIR) if ours else None
    return None
