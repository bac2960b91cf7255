"""The reference lists exactly the existing metrics."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs" / "reference" / "metrics.md").read_text()


def metrics_in(path: Path) -> set[str]:
    """The names of the metrics that this module writes."""
    words = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
    return {word for word in words if isinstance(word, str) and re.fullmatch(r"kinora_[a-z_]+", word)}


def test_the_reference_lists_every_metric() -> None:
    real = {name for path in (ROOT / "bot" / "web").glob("*.py") for name in metrics_in(path)}
    listed = re.findall(r"^\| `(kinora_\w+)` \|", REFERENCE, re.MULTILINE)
    assert {name.removesuffix("_total") for name in listed} == real


@pytest.mark.parametrize("name", ["grafana.json", "alerts.yml"])
def test_dashboard_and_alerts_ask_for_metrics_that_there_are(name: str) -> None:
    real = {name for path in (ROOT / "bot" / "web").glob("*.py") for name in metrics_in(path)}
    asked = set(re.findall(r"\bkinora_[a-z_]+", (ROOT / "docs" / "monitoring" / name).read_text()))
    assert asked
    assert {name.removesuffix("_total").removesuffix("_bucket") for name in asked} <= real
