"""The setup's questions about a video service."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping

import pytest

from bot.settings import GivenSettings
from bot.setup.services import MENU
from bot.setup.terminal import Terminal

OPENAI = next(choice for choice in MENU if choice.name == "openai")
MINE = "http://mine.lan/v1"


@pytest.mark.parametrize(
    ("known", "typed", "entered"),
    [
        (MINE, "\n\n", {"OPENAI_BASE_URL": MINE}),
        (MINE, "http://other.lan/v1\n\n", {"OPENAI_BASE_URL": "http://other.lan/v1", "OPENAI_API_KEY": "none"}),
        ("https://api.openai.com/v1", f"{MINE}\n\n", {"OPENAI_BASE_URL": MINE, "OPENAI_API_KEY": "none"}),
        (MINE, "http://other.lan/v1\n new \n", {"OPENAI_BASE_URL": "http://other.lan/v1", "OPENAI_API_KEY": "new"}),
        (MINE, "back\n", None),
    ],
    ids=["the same server", "another server", "not OpenAI itself", "a new key", "back"],
)
def test_a_key_is_kept_for_its_own_server_and_goes_to_no_other(
    monkeypatch: pytest.MonkeyPatch, known: str, typed: str, entered: Mapping[str, str] | None
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    there = GivenSettings.model_validate({"discord_token": "t", "openai_api_key": "k", "openai_base_url": known})
    assert OPENAI.ask(Terminal(out=io.StringIO()), there, {}) == entered
