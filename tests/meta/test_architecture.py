"""The walls of the house: one direction of imports, small modules, no back doors."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = sorted(path for top in ("bot", "cogs", "storage") for path in (ROOT / top).rglob("*.py"))
LONGEST_MODULE = 300  # lines
LONGEST_FUNCTION = 40


def test_imports_run_one_way() -> None:
    script = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(script), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_packages_roots_import_nothing() -> None:
    """`storage` imports `bot.domain`, and `bot.wiring` imports `storage`: no circle while the roots are empty."""
    for root in ("bot", "cogs", "storage"):
        tree = ast.parse((ROOT / root / "__init__.py").read_text())
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)], root


def test_modules_are_small_and_open() -> None:
    assert [fault for path in OURS for fault in faults_of(path)] == []


def faults_of(path: Path) -> Iterator[str]:
    text, name = path.read_text(), path.relative_to(ROOT)
    tree = ast.parse(text)
    if len(text.splitlines()) > LONGEST_MODULE:
        yield f"{name} has {len(text.splitlines())} lines"
    for word in ("TYPE_CHECKING", "type: ignore"):
        if word in text:
            yield f"{name} says {word}"
    if not ast.get_docstring(tree):
        yield f"{name} does not say in one line what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{name}: {node.name} has {length} lines"
