"""Only actions write, and views do not reach past the queries."""

import ast
import re

from tests.architecture.sources import calls, modules, where

# settings rows in the admin, code sets, and who looked at what; storage and reading save bytes, not rows
EXEMPT = re.compile(r"(^|/)(actions(\.py$|/)|admin(\.py$|/|_editor/)|management/|access\.py$|middleware\.py$|storage\.py$|reading/)")
ALWAYS_A_WRITE = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "acreate", "asave", "adelete", "aupdate"}
A_WRITE_ON_ROWS = {"save", "update", "delete"}
ROWS = re.compile(r"\.(objects|filter|exclude|all|select_for_update)\b")
NOT_ROWS = re.compile(r"(storage|session|pdf|document_file|image|buffer|stream)", re.IGNORECASE)


def test_only_actions_write():
    found = []
    for path in modules():
        if EXEMPT.search(where(path)):
            continue
        for line, call in calls(path):
            receiver = ast.unparse(call.value)
            on_rows = call.attr in A_WRITE_ON_ROWS and ROWS.search(receiver)
            on_a_row = call.attr in {"save", "delete"} and not NOT_ROWS.search(receiver)
            if call.attr in ALWAYS_A_WRITE or on_rows or on_a_row:
                found.append(f"{where(path, line)} {receiver}.{call.attr}()")
    assert found == []


def test_views_ask_queries():
    found = [
        where(path, node.lineno)
        for path in modules("cases/views", "criteria/views", "authreview/views")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]
    assert found == []


def test_no_signals_but_the_triggers():
    found = [where(path, line) for path in modules() for line, call in calls(path) if call.attr == "connect" and path.name != "apps.py"]
    assert found == []
