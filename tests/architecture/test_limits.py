"""Ceilings, above what STYLE asks for on purpose: a file is a room, a function a thought."""

import ast

from tests.architecture.sources import modules, templates, where

FILE_LINES = 400
FUNCTION_LINES = 60
TEMPLATE_LINES = 160
TOLD_AS_ONE = "cases/demo/"  # an invented case is one story, however long


def test_files():
    assert [where(path) for path in modules() if len(path.read_text().splitlines()) > FILE_LINES] == []


def test_functions():
    long = [
        f"{where(path, node.lineno)} {node.name}"
        for path in modules()
        if not where(path).startswith(TOLD_AS_ONE)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert long == []


def test_templates():
    assert [where(path) for path in templates() if len(path.read_text().splitlines()) > TEMPLATE_LINES] == []


def test_each_module_says_what_lives_in_it():
    silent = [where(path) for path in modules() if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))]
    assert [path for path in silent if not path.endswith("__init__.py")] == []
