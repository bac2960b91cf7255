"""Which language is used: the member's for themselves, the server's where everyone reads it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from bot.domain.guild import GuildOptions
from bot.domain.messages import Count, Money, msg
from bot.domain.money.usd import Usd
from bot.domain.texts.languages import accepted, language_of, reader, reading
from bot.ui.cards.languages import KNOWN_FOR, ServerLanguages
from bot.ui.text.render import render

GUILD, CHANNEL = 7, 70


class Preferences:
    """Replaces GuildPreferences."""

    def __init__(self, language: str | None = None) -> None:
        self.options = GuildOptions(language=language)
        self.reads = 0

    async def of(self, guild_id: int) -> GuildOptions:
        assert guild_id == GUILD
        self.reads += 1
        return self.options


class Now:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def no_answer(_guild_id: int) -> Any:
    raise OSError("Discord cannot be asked")


def languages(preferences: Preferences, discord_says: str | None = None, now: Now | None = None) -> ServerLanguages:
    guild = (
        None if discord_says is None else SimpleNamespace(id=GUILD, preferred_locale=discord_says, unavailable=False)
    )
    channel = SimpleNamespace(guild=guild)
    client: Any = SimpleNamespace(
        get_guild=lambda _: guild, get_channel=lambda _: None if guild is None else channel, fetch_guild=no_answer
    )
    outside: Any = preferences
    return ServerLanguages(preferences=outside, client=client, now=now or Now())


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en-US", "en"),
        ("en-GB", "en"),
        ("de", "de"),
        ("es-ES", "es"),
        ("es-419", "es"),
        ("pt-BR", "pt_BR"),
        ("fr", "fr"),
        ("ja", "ja"),
        ("uk", "en"),
        ("", "en"),
    ],
)
def test_each_language_of_discord_is_one_of_ours_or_english(tag: str, language: str) -> None:
    assert language_of(tag) == language


async def test_a_task_speaks_one_language_and_those_it_starts_speak_it_too() -> None:
    async def spoken() -> str:
        return reader()

    with reading("de"):
        started = asyncio.create_task(spoken())
        with reading("ja"):
            assert reader() == "ja"
        assert reader() == "de"
    assert reader() == "en"
    assert await started == "de"


def test_amounts_are_written_as_the_reader_writes_them() -> None:
    said = msg("{amount} of {many}", amount=Money(Usd.of("1234.5")), many=Count(4000))
    with reading("de"):
        assert render(said) == "1.234,50\N{NO-BREAK SPACE}$ of 4.000"
    assert render(said) == "$1,234.50 of 4,000"
    assert render(said, "ja") == "$1,234.50 of 4,000"


async def test_a_server_reads_the_language_it_chose_else_the_one_discord_has_for_it() -> None:
    assert await languages(Preferences("fr"), "de").of(GUILD) == "fr"
    assert await languages(Preferences(), "de").of(GUILD) == "de"
    assert await languages(Preferences()).of(GUILD) == "en", "this process is not connected there"
    assert await languages(Preferences("tlh"), "de").of(GUILD) == "de", "another version may know more languages"


async def test_a_servers_language_is_looked_up_once_a_minute_and_at_once_after_a_change() -> None:
    chosen, now = Preferences("fr"), Now()
    server = languages(chosen, now=now)
    assert [await server.of(GUILD) for _ in range(3)] == ["fr", "fr", "fr"]
    assert chosen.reads == 1
    chosen.options = replace(chosen.options, language="ja")
    assert await server.of(GUILD) == "fr"
    server.forget(GUILD)
    assert await server.of(GUILD) == "ja"
    chosen.options = replace(chosen.options, language=None)
    now.seconds += KNOWN_FOR
    assert await server.of(GUILD) == "en"


async def test_a_channel_reads_the_language_of_its_server() -> None:
    async with languages(Preferences(), "de").reading_at(CHANNEL):
        assert reader() == "de"
    async with languages(Preferences()).reading_at(CHANNEL):
        assert reader() == "en"


@pytest.mark.parametrize(
    ("ephemeral", "language"), [(False, "de"), (True, "ja"), (None, "ja")], ids=["public", "ephemeral", "a command"]
)
async def test_a_pressed_message_that_all_can_read_stays_in_the_servers_language(
    ephemeral: bool | None, language: str
) -> None:
    message = None if ephemeral is None else SimpleNamespace(flags=SimpleNamespace(ephemeral=ephemeral))
    pressed: Any = SimpleNamespace(message=message, guild_id=GUILD)
    with reading("ja"):
        async with languages(Preferences(), "de").reading_pressed(pressed):
            assert reader() == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("uk, fr;q=0.7, ja;q=0.9", "ja"),
        ("pt", "pt_BR"),
        ("*", "en"),
        ("", "en"),
        ("de;q=much, es;q=0.1", "es"),
        (";;;,=", "en"),
    ],
)
def test_a_page_speaks_the_language_that_its_visitor_likes_best(header: str, language: str) -> None:
    assert accepted(header) == language
