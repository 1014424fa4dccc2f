"""The project's own files, as the architecture tests read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("authreview", "criteria", "cases")


def modules(*folders: str) -> list[Path]:
    """Python files under these folders (all three apps by default), without migrations."""
    found = [path for folder in folders or APPS for path in [*ROOT.glob(f"{folder}.py"), *(ROOT / folder).rglob("*.py")]]
    return sorted(path for path in found if "migrations" not in path.parts)


def templates() -> list[Path]:
    return sorted(path for top in [ROOT / "templates", *(ROOT / app for app in APPS)] for path in top.rglob("*.html"))


def calls(path: Path) -> Iterator[tuple[int, ast.Attribute]]:
    """Each `something.name(...)` of a file with its line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, node.func


def where(path: Path, line: int = 0) -> str:
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))
