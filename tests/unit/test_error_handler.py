"""What users see when something fails."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.domain.errors import NotAllowed, Refused, StoreAway
from bot.domain.messages import Choice, Role, msg
from bot.interaction_registry import InteractionRegistry
from bot.ui.interactions.error_handler import report


async def told(error: Exception) -> str:
    """What is sent to Discord for an error."""
    sent: list[str] = []

    async def send_message(*, content: str, **_: Any) -> Any:
        sent.append(content)
        return SimpleNamespace(resource=None)

    async def original_response() -> None:
        return None

    response = SimpleNamespace(is_done=lambda: False, send_message=send_message)
    client = SimpleNamespace(registry=InteractionRegistry())
    interaction: Any = SimpleNamespace(
        id=1, extras={}, response=response, original_response=original_response, client=client
    )
    await report(interaction, error)
    (content,) = sent
    return content


async def test_our_own_words_keep_their_marks_and_name_roles() -> None:
    error = NotAllowed(msg("Use `/settings access`, or ask {roles}.", roles=Choice((Role(7), Role(8)))))
    assert await told(error) == "Use `/settings access`, or ask <@&7> or <@&8>."


@pytest.mark.parametrize("hostile", ["@everyone", "<@101>", "https://evil.example"])
async def test_a_services_words_can_neither_ping_nor_link(hostile: str) -> None:
    assert hostile not in await told(Refused(f"It said {hostile}."))


async def test_a_long_error_fits_a_message() -> None:
    said = await told(Refused("*" * 4000))
    assert len(said) == 2000
    assert said.endswith("…")


@pytest.mark.parametrize(("status", "is_discords_trouble"), [(500, True), (503, True), (400, False)])
async def test_an_outage_of_discord_is_called_that_and_fills_no_log_with_tracebacks(
    status: int, is_discords_trouble: bool, caplog: pytest.LogCaptureFixture
) -> None:
    response: Any = SimpleNamespace(status=status, reason="no")
    said = await told(discord.HTTPException(response, {"code": 50035 if status == 400 else 0, "message": "no"}))
    assert said.startswith("Discord is having trouble.") == is_discords_trouble
    assert "Nothing more was ordered." in said
    assert [record.exc_info is None for record in caplog.records] == [is_discords_trouble]


@pytest.mark.parametrize("why", ["The bot's disk doesn't answer.", "The file store doesn't answer: no."])
async def test_files_that_cannot_be_had_are_an_outage_that_cost_nothing(
    why: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert await told(StoreAway(why)) == f"{why} Nothing more was ordered. Try again in a minute."
    assert [record.exc_info for record in caplog.records] == [None]


async def test_a_lost_connection_to_discord_is_an_outage_too(caplog: pytest.LogCaptureFixture) -> None:
    assert (await told(aiohttp.ServerDisconnectedError())).startswith("Discord is having trouble.")
    assert [record.exc_info for record in caplog.records] == [None]
