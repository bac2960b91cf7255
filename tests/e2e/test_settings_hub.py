"""A manager finds every setting from one message; each change is stored, shown under History and logged."""

from __future__ import annotations

import re
from pathlib import Path

from bot.sandbox.discord.world.admin import delete_role, invite_bot, remove_bot
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, asked, the_form, until
from tests.e2e.stages import quick_stage
from tests.waiting import comes_true


async def test_a_server_is_set_up_from_one_message(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {}).running() as stage:
        max_ = stage.person("max")
        page = await answer(stage, await max_.types("/settings open"))
        assert page.ephemeral
        assert "**Budgets:** $25.00 of $25.00 left" in page.text

        page = await answer(stage, await max_.picks("Notifications", on=page))
        page = await answer(stage, await max_.picks("staff", on=page, select="Channel for the log"))
        assert "**Log:** off → <#" in page.text
        page = await answer(stage, await max_.picks("Budgets", on=page, select="k1:settings-page"))
        form = the_form(await max_.clicks("Change the budget…", on=page))
        assert form.field("dollars").value == "25.00"
        page = await answer(stage, await max_.fills(form, dollars="40"))
        assert "**Budget:** $25.00 → $40.00" in page.text

        page = await answer(stage, await max_.picks("Access and tiers", on=page, select="k1:settings-page"))
        page = await answer(
            stage, await max_.picks(["Filmmaker", "Trial"], on=page, select="Roles that can make videos")
        )
        assert "**Granted:** <@&" in page.text
        delete_role(stage.world, "Trial")
        assert "a deleted role" in (await answer(stage, await max_.types("/settings access"))).text
        page = await answer(stage, await max_.picks("Access and tiers", on=page, select="k1:settings-page"))
        assert "1 deleted role can make videos" in page.text
        page = await answer(stage, await max_.clicks("Remove deleted roles", on=page))
        assert "Deleted roles were removed." in page.text
        assert "deleted role can" not in page.text

        page = await answer(stage, await max_.picks("History", on=page, select="k1:settings-page"))
        assert "**the month's budget:** $25.00 → $40.00" in page.text
        logged = await until(stage, lambda: the_log(stage))
        assert "changed the month's budget: $25.00 → $40.00" in logged


async def test_a_page_is_opened_by_its_name(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {}).running() as stage:
        max_ = stage.person("max")
        page = await answer(stage, await max_.types("/settings open", page="Channels"))
        assert "**Videos can be made:** everywhere" in page.text
        overview, *others = [option["label"] for option in page.selects[-1].options]
        assert overview == "Overview"
        assert named_pages(stage) == others


def named_pages(stage: Stage) -> list[str]:
    """The choices of /settings open."""
    settings = next(each for each in stage.person("max").commands() if each["name"] == "settings")
    opening = next(each for each in settings["options"] if each["name"] == "open")
    return [choice["name"] for choice in opening["options"][0]["choices"]]


def the_log(stage: Stage) -> str | None:
    texts = [message.text for message in stage.person("max").sees("staff")]
    return next((text for text in texts if "month's budget" in text), None)


async def test_a_server_that_is_joined_gets_a_card_with_the_first_steps(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {}).running() as stage:
        max_ = stage.person("max")
        await comes_true(lambda: remembers_its_first_start(stage))
        remove_bot(stage.world)
        invite_bot(stage.world)
        card = await until(stage, lambda: the_first_card(stage))
        await stage.keeper.restart()
        await until(stage, lambda: stage.world.gateway.online)
        form = the_form(await max_.clicks("Set the budget…", on=card))
        page = await answer(stage, await max_.fills(form, dollars="12"))
        assert page.ephemeral
        assert "**Budget:** $25.00 → $12.00" in page.text
        assert "Settings of this server" in (await answer(stage, await max_.clicks("Open settings", on=card))).text
        assert the_form(await max_.clicks("Make a first video…", on=card)).field("prompt").value
        assert len([message for message in max_.sees("studio") if "Kinora is here." in message.text]) == 1
        assert "`/help` lists the commands." in card.text
        await help_is_given(stage)


async def help_is_given(stage: Stage) -> None:
    """With usable commands; Sam is told why they may not make videos, and only Max is shown what managers can do."""
    said = [await answer(stage, await stage.person(name).types("/help")) for name in ("ann", "sam", "max")]
    assert all(each.ephemeral for each in said)
    assert all(re.search(r"\n</create:\d+> Make a video from a prompt", each.text) for each in said)
    assert [("New here?" in each.text, "</queue:" in each.text) for each in said] == [
        (True, False),
        (False, False),
        (True, True),
    ]
    assert "You need the role" in said[1].text
    assert ["charged" in each.text for each in said] == [False] * 3, "nothing was ordered"


def remembers_its_first_start(stage: Stage) -> bool:
    return bool(asked(stage, "SELECT key FROM records WHERE namespace = 'servers are known'"))


def the_first_card(stage: Stage) -> Message | None:
    return next((message for message in stage.person("max").sees("studio") if "Kinora is here." in message.text), None)
