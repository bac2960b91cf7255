"""Each promise in docs/reliability.md stands beside a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "reliability.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENT)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_named_proof_exists(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text())
    tests = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert name in tests


def test_every_promise_names_a_proof() -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| ") and "Promise" not in line]
    assert len(rows) > 10
    assert [row for row in rows if "::test_" not in row] == []
    assert len(re.findall(r"^\d+\. \*\*", DOCUMENT, re.MULTILINE)) == 10
