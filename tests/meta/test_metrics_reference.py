"""The reference of the metrics is the metrics."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs" / "reference" / "metrics.md").read_text()


def metrics_in(path: Path) -> set[str]:
    """Names of metrics that this module writes out."""
    words = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
    return {word for word in words if isinstance(word, str) and re.fullmatch(r"kinora_[a-z_]+", word)}


def test_the_reference_lists_every_metric() -> None:
    real = {name for path in (ROOT / "bot" / "web").glob("*.py") for name in metrics_in(path)}
    listed = re.findall(r"^\| `(kinora_\w+)` \|", REFERENCE, re.MULTILINE)
    assert {name.removesuffix("_total") for name in listed} == real
