"""Which errors are Discord's trouble, and which are our own faults."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord.http import json_or_text

from bot.domain.errors import Unavailable
from bot.ui.interactions.discord_errors import TROUBLE, closing_is_trouble, our_errors


def test_a_closed_connection_is_trouble() -> None:
    with pytest.raises(TROUBLE, match="Session is closed"), closing_is_trouble():
        raise RuntimeError("Session is closed")


def test_any_other_runtime_error_is_a_fault_of_ours() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"), closing_is_trouble():
        raise RuntimeError("no running event loop")
    assert not issubclass(RuntimeError, TROUBLE)


class Answer:
    """An answer in Discord's place that claims to be JSON."""

    status, reason = 403, "Forbidden"

    def __init__(self, text: str) -> None:
        self.headers = {"content-type": "application/json"}
        self._text = text

    async def text(self, **_: str) -> str:
        return self._text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>blocked</html>",
        '{"success": false, "errors": [{"code": 1006, "message": "banned"}]}',
        '{"message": null, "code": 1020}',
        '{"message": {"title": "Access denied"}}',
    ],
)
async def test_an_answer_that_is_not_discords_is_trouble_that_passes(text: str) -> None:
    answer: Any = Answer(text)
    with pytest.raises(Unavailable), our_errors():
        raise discord.Forbidden(answer, await json_or_text(answer))


async def test_a_fault_of_ours_of_the_same_kind_is_one() -> None:
    nothing: Any = SimpleNamespace(headers=None)
    with pytest.raises(ValueError, match="invalid literal"), our_errors():
        int("x")
    with pytest.raises(AttributeError), our_errors():
        nothing.post()
