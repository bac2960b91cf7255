"""Settings: read, checked, and kept out of logs."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.domain.errors import CannotStart
from bot.logs import BLOT, Redacting
from bot.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_missing_token_is_one_sentence() -> None:
    with pytest.raises(CannotStart, match=r"^DISCORD_TOKEN is not set\. "):
        read_settings()


def test_a_wrong_value_names_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("MAX_CONCURRENT_JOBS", "0")
    with pytest.raises(CannotStart, match=r"^MAX_CONCURRENT_JOBS is not right"):
        read_settings()


def test_a_secret_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-the-file\n")
    monkeypatch.setenv("DISCORD_TOKEN__FILE", str(tmp_path / "token"))
    assert read_settings().discord_token.get_secret_value() == "from-the-file"


def test_a_secret_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN__FILE", "/nowhere/token")
    with pytest.raises(CannotStart, match="DISCORD_TOKEN__FILE points to /nowhere/token"):
        read_settings()


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("OPENAI_API_KEY", "")
    assert read_settings().openai_api_key is None


@pytest.mark.parametrize(
    "line",
    [
        "login with canary-token failed",
        "POST https://discord.com/api/v10/interactions/123/aW50ZXJhY3Rpb246/callback",
        "PATCH https://discord.com/api/webhooks/123/canaryXYZ.abc-1/messages/@original",
        "GET https://cdn.discordapp.com/a.png?ex=1&is=2&hm=canary0123",
        "Authorization: Bearer canary-key-123",
    ],
)
def test_no_secret_reaches_the_log(line: str) -> None:
    formatter = Redacting(["canary-token"])
    written = formatter.format(logging.LogRecord("x", logging.INFO, "f", 1, line, None, None))
    assert "canary" not in written
    assert "aW50ZXJhY3Rpb246" not in written
    assert BLOT in written
