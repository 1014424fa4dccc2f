"""Who may import whom. The contracts stand in pyproject.toml."""

import ast
import subprocess
import sys

from tests.architecture.sources import ROOT, modules, where


def test_contracts_are_kept():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_import_hides_in_a_function():
    """An import inside a function breaks a circle in the wrong place; what is slow to load says so in a comment on the line."""
    hidden = []
    for path in modules():
        lines = path.read_text().splitlines()
        for function in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden += [
                    where(path, node.lineno)
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom) and "#" not in lines[node.lineno - 1]
                ]
    assert hidden == []
