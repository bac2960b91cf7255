"""The walls of the house: one direction of imports, small modules, no back doors."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_and_open(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert "TYPE_CHECKING" not in text
    assert "type: ignore" not in text
    assert ast.get_docstring(tree), "a module says in one line what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"
