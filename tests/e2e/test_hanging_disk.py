"""The shipped bot on a network drive that hangs."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, card_says, create, logged, result_of, until
from tests.e2e.hanging_bot import HANGS
from tests.e2e.stages import quick_stage


async def test_orders_wait_managers_are_told_and_it_goes_on_by_itself(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {}, program=("-m", "tests.e2e.hanging_bot")).running() as stage:
        max_ = stage.person("max")
        page = await answer(stage, await max_.types("/settings open"))
        page = await answer(stage, await max_.picks("Notifications", on=page))
        await answer(stage, await max_.picks("staff", on=page, select="Channel for notices"))
        (stage.data / HANGS).touch()
        card = await create(stage, prompt="kept waiting")
        await card_says(stage, card, "The bot can't store files now. Orders wait until that's fixed.")
        await until(stage, lambda: notices(stage))
        assert not stage.host.created
        assert "kept waiting" in (await answer(stage, await stage.person("ann").types("/status"))).text
        (stage.data / HANGS).unlink()
        assert (await result_of(stage, card)).media
        await logged(stage, "files can be written to")
        assert len(notices(stage)) == 1


def notices(stage: Stage) -> list[Message]:
    return [message for message in stage.person("max").sees("staff") if "can't write to its disk" in message.text]
