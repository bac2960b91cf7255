"""A server gives a role a tier: what its members are offered, refused and granted."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.discord.world.admin import delete_role
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, create, result_of, the_form
from tests.e2e.stages import quick_stage


async def test_a_tier_is_added_meets_its_members_and_is_changed(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {}).running() as stage:
        max_ = stage.person("max")
        page = await answer(stage, await max_.types("/settings tiers"))
        assert page.ephemeral
        assert "None yet" in page.text
        form = the_form(await max_.clicks("Add…", on=page))
        refused = await answer(stage, await max_.fills(form, name="Trial", roles=["Kinora", "Trial"], longest="4"))
        assert "belongs to a bot, so no member can have it. Nothing was changed." in refused.text
        refused = await answer(stage, await max_.fills(form, name="Trial", roles=["Trial"], longest="four"))
        assert "four" in refused.text
        form = the_form(await max_.clicks("Edit", on=refused))
        trial = [str(stage.world.guilds[page.guild_id or 0].role("Trial").id)]
        assert [form.field(field).value for field in ("name", "roles", "longest")] == ["Trial", trial, "four"]
        tier = await answer(stage, await max_.fills(form, longest="4"))
        assert "Added **Trial**." in tier.text
        assert "**Longest video:** 4 s" in tier.text

        assert await lengths_offered(stage) == [4]
        refused = await create(stage, "tia", prompt="a long walk", seconds=8)
        assert "The tier “Trial” can make videos of up to 4 seconds, not 8." in refused.text
        assert "A server manager can change that with `/settings tiers`. You weren't charged." in refused.text
        assert "You need the role" in (await create(stage, "sam", prompt="a fox")).text

        form = the_form(await max_.clicks("Videos…", on=tier))
        assert form.field("longest").value == "4"
        tier = await answer(stage, await max_.fills(form, longest="8"))
        assert "**Longest video:** 8 s" in tier.text
        form = the_form(await max_.clicks("Name and roles…", on=tier))
        assert form.field("roles").value == trial
        tier = await answer(stage, await max_.fills(form, name="Guests"))

        video = await result_of(stage, await create(stage, "tia", prompt="a long walk", seconds=8), "tia")
        assert video.media
        listed = await answer(stage, await max_.clicks("All tiers", on=tier))
        assert "**1. Guests**" in listed.text
        tried = await answer(stage, await max_.fills(the_form(await max_.clicks("Try as…", on=listed)), member="tia"))
        assert "In **Guests**, through" in tried.text
        assert "they alone decide" in (await answer(stage, await max_.types("/settings access"))).text

        delete_role(stage.world, "Trial")
        refused = await create(stage, "tia", prompt="a long walk")
        assert "The role for making videos here no longer exists. Ask a server manager" in refused.text
        assert "choose another with `/settings tiers`. You weren't charged." in refused.text
        assert "**1. Guests** · 1 deleted role\n" in (await answer(stage, await max_.types("/settings tiers"))).text


async def lengths_offered(stage: Stage) -> list[object]:
    """To a member of the tier."""
    offered = await stage.person("tia").suggests("/create", "seconds", "", {"prompt": "a fox"})
    return [choice["value"] for choice in offered]
