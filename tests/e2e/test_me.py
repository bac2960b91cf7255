"""/me: how a member is notified, what is stored about them, and its erasure."""

from __future__ import annotations

from pathlib import Path

from bot.domain.access.own_data import ERASED_MEMBER
from bot.sandbox.discord.world.messages import SILENT
from tests.e2e.acting import answer, asked, card_goes, create, result_of, the_form, until
from tests.e2e.stages import quick_stage


async def test_a_member_chooses_how_to_be_told_and_erases_what_is_kept_of_them(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {}).running() as stage:
        ann, max_ = stage.person("ann"), stage.person("max")
        await max_.types("/settings access", open_to="everyone")
        page = await answer(stage, await ann.types("/me"))
        assert page.ephemeral
        form = the_form(await ann.clicks("Ask me above…", on=page))
        assert "Nothing was changed" in (await answer(stage, await ann.fills(form, amount="lots"))).text
        page = await answer(stage, await ann.fills(form, amount="12,50"))
        assert "videos of at least $12.50" in page.text
        page = await answer(stage, await ann.picks("direct", on=page, select="k1:me-notify"))

        card = await create(stage, prompt="a long walk")
        result = await result_of(stage, card)
        await card_goes(stage, card)
        assert (result.notified, bool(result.flags & SILENT)) == ([], True)
        told = await until(stage, lambda: ann.sees("dm"))
        assert f"/{result.channel_id}/{result.id}" in told[0].text
        assert asked(stage, "SELECT count(*) FROM messages WHERE kind LIKE 'copy-%'") == [(1,)]

        kept = await answer(stage, await ann.clicks("What's stored", on=page))
        assert "1 order with its prompt" in kept.text
        exported = await answer(stage, await ann.clicks("Export", on=kept))
        assert "1 order, 1 video" in exported.text
        assert "once an hour" in (await answer(stage, await ann.clicks("Export", on=kept))).text
        question = await answer(stage, await ann.clicks("Erase…", on=kept))
        assert "2 cost entries" in question.text
        form = the_form(await ann.clicks("Erase…", on=question))
        wrong = await answer(stage, await ann.fills(form, word="yes"))
        assert "That wasn't ERASE. Nothing was erased." in wrong.text
        going = await answer(stage, await ann.fills(form, word="ERASE"))
        await until(stage, lambda: result.deleted and not ann.sees("dm"))
        while "Your data is being erased" in going.text:
            going = await answer(stage, await ann.clicks("Show progress", on=going))
        assert "2 messages in Discord" in going.text
        assert "Your data was erased" in going.text
        assert asked(stage, "SELECT DISTINCT owner_id FROM jobs") == [(ERASED_MEMBER,)]
        costs = await answer(stage, await max_.types("/costs", scope="server", by="member"))
        assert "somebody whose data was erased" in costs.text
        page = await answer(stage, await ann.clicks("Preferences", on=going))
        assert "Nothing is stored about you." in (await answer(stage, await ann.clicks("What's stored", on=page))).text
