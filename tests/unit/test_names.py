"""Names given by members: on one line, and never invisible."""

from __future__ import annotations

import pytest

from bot.domain.texts.names import is_blank, tidied


@pytest.mark.parametrize(
    "unseen", ["", " \n", "\u200b\ufeff", "\u3164\u115f", "\u2800\u2800", "\u0301\ufe0f", "\U000e0080"]
)
def test_a_name_of_which_nothing_is_seen_is_none(unseen: str) -> None:
    assert is_blank(unseen)
    assert tidied(unseen, 40) == ""


@pytest.mark.parametrize("name", ["a", "7", "雪", "🦊", "한글", "⠓⠊", "é", "…", "\U0001fa77", "\U0001faee"])
def test_whatever_is_seen_is_a_name(name: str) -> None:
    assert not is_blank(name)
    assert tidied(f" {name}\n{name} ", 40) == f"{name} {name}"
