"""What users see when something fails."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.domain.errors import KinoraError, NotAllowed, Refused
from bot.domain.messages import Choice, Role, msg
from bot.interaction_registry import InteractionRegistry
from bot.ui.interactions.error_handler import report


async def told(error: KinoraError) -> str:
    """What is sent to Discord for an error."""
    sent: list[str] = []

    async def send_message(*, content: str, **_: Any) -> Any:
        sent.append(content)
        return SimpleNamespace(resource=None)

    async def original_response() -> None:
        return None

    response = SimpleNamespace(is_done=lambda: False, send_message=send_message)
    client = SimpleNamespace(registry=InteractionRegistry())
    interaction: Any = SimpleNamespace(extras={}, response=response, original_response=original_response, client=client)
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
