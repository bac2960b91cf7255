"""Members read their own language, and everyone on a server reads the server's; translations fit into Discord."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.member_limits import PER_SECOND
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, create, result_of
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = only_in_full("the walk is long, and its rules have tests of their own")

COMMANDS = (
    *("/history", "/status", "/costs", "/stats", "/models", "/me", "/keys", "/queue", "/help"),
    *("/settings open", "/settings tiers", "/settings access", "/settings moderation"),
)
ENDS_IT = ("cancel", "delete", "erase", "take-down", "pause", "drain")  # words in the ids of buttons


async def test_a_member_reads_their_own_language_and_everybody_the_servers(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {}).running() as stage:
        await chooses_french(stage)
        stage.person("ann").user.locale = "de"
        card = await create(stage, prompt="ein Fuchs im Schnee")
        film = await result_of(stage, card)
        assert [film.buttons[0].label, film.buttons[-1].label] == ["Remixer", "Plus…"], "everybody sees it"
        panel = await answer(stage, await stage.person("ann").clicks("k1:more:", on=film))
        assert panel.ephemeral
        assert "**Mehr zu " in panel.text
        refused = await answer(stage, await stage.person("sam").types("/create", prompt="not for Sam"))
        assert "You weren't charged" in refused.text, "Sam's Discord is English"


async def chooses_french(stage: Stage) -> None:
    max_ = stage.person("max")
    page = await answer(stage, await max_.types("/settings open"))
    page = await answer(stage, await max_.picks("Time zone and language", on=page))
    page = await answer(stage, await max_.picks("Français", on=page, select="k1:set-language"))
    assert "**Language:** Français" in page.text


@pytest.mark.parametrize("locale", ["de", "fr"])
async def test_every_screen_fits_into_discord_in_the_longest_languages(tmp_path: Path, locale: str) -> None:
    async with quick_stage(tmp_path, {}).running() as stage:
        max_ = stage.person("max")
        max_.user.locale = locale
        film = await result_of(stage, await create(stage, "max", prompt="a fox"), "max")
        await press_all(stage, await answer(stage, await max_.clicks("k1:more:", on=film)))
        for command in COMMANDS:
            await press_all(stage, await answer(stage, await max_.types(command)))
        log = stage.keeper.log.read_text()
        assert "Traceback" not in log
        assert "50035" not in log, "Discord refused a message or a form"


async def press_all(stage: Stage, message: Message) -> None:
    """Press every button that ends nothing, once."""
    ids = [each.custom_id for each in message.buttons if each.custom_id and not each.disabled]
    for custom_id in ids:
        if message.deleted or any(word in custom_id for word in ENDS_IT):
            continue
        if any(each.custom_id == custom_id for each in message.buttons):
            await asyncio.sleep(1 / PER_SECOND)  # as fast as one person may, however many buttons there are
            outcome = await stage.person("max").clicks(custom_id, on=message)
            assert outcome.failed is None, (custom_id, outcome.failed)
