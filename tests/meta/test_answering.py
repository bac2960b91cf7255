"""Interactions are answered in one place, and within Discord's three seconds."""

from __future__ import annotations

import ast
from pathlib import Path

from bot.ui.interactions.responses import PATIENCE, PATIENCE_WITH_FORM

ROOT = Path(__file__).resolve().parents[2]


def test_interactions_are_answered_in_one_place_only() -> None:
    """A first answer from anywhere else could collide with the one that keeps Discord waiting."""
    calls = {"send_message", "defer", "edit_message", "send_modal"}
    strays = []
    for path in [*(ROOT / "bot" / "ui").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Attribute) or path.name == "responses.py":
                continue
            first = node.attr in calls and isinstance(node.value, ast.Attribute) and node.value.attr == "response"
            if first or node.attr in {"edit_original_response", "delete_original_response", "followup"}:
                strays.append(f"{path.name}:{node.lineno}")
    assert strays == []


def test_the_acknowledgement_has_time_to_travel() -> None:
    assert PATIENCE < PATIENCE_WITH_FORM < 2.5
