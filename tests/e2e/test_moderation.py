"""A server's rules for prompts, from the form to the refusal, the appeal and the block."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, create, the_form, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = only_in_full("the walk is long, and its rules have tests of their own")


async def test_a_refused_order_is_appealed_and_a_member_blocked(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {}).running() as stage:
        max_, ann = stage.person("max"), stage.person("ann")
        await answer(stage, await max_.types("/settings log", {"channel": "staff"}))
        page = await answer(stage, await max_.types("/settings moderation"))
        assert "0 forbidden words" in page.text
        form = the_form(await max_.clicks("Patterns…", on=page))
        refused = await answer(stage, await max_.fills(form, prompt="(hound"))
        assert "Nothing was changed." in refused.text
        form = the_form(await max_.clicks("Edit", on=refused))
        assert form.field("prompt").value == "(hound"
        page = await answer(stage, await max_.fills(the_form(await max_.clicks("Words…", on=page)), prompt="hound"))
        assert "✅ Saved: 1 forbidden word." in page.text

        refused = await create(stage, "ann", prompt="a fox and a hоund")
        assert "contains a word that this server doesn't allow. You weren't charged." in refused.text
        assert refused.ephemeral
        the_form(await ann.clicks("Edit", on=refused))
        card = await until(stage, lambda: in_staff(stage, "Forbidden word: hound"))
        sent = await ann.fills(the_form(await ann.clicks("Appeal…", on=refused)), prompt="It is a dog.")
        assert "Your appeal was sent." in (await answer(stage, sent)).text
        appeal = await until(stage, lambda: in_staff(stage, "They say: It is a dog."))
        await answer(stage, await max_.clicks("Allow once", on=appeal))
        assert await until(stage, lambda: in_staff(stage, "allowed it once"))
        assert stage.host.created == ()
        assert not (await create(stage, "ann", prompt="a fox and a hоund")).ephemeral
        assert "doesn't allow" in (await create(stage, "ann", prompt="a fox and a hоund")).text

        form = the_form(await max_.clicks("Model…", on=page))
        page = await answer(stage, await max_.fills(form, strictness="usual", topics=["violence"]))
        assert "The moderation model is on (normal), for violence." in page.text
        assert "found violence in this prompt" in (await create(stage, "ann", prompt="a bloodbath")).text

        form = the_form(await max_.clicks("Block…", on=card))
        done = await answer(stage, await max_.fills(form, until="yesterday", reason="spam"))
        assert "That day is over." in done.text
        form = the_form(await max_.clicks("Block…", on=card))
        done = await answer(stage, await max_.fills(form, until="tomorrow", reason="spam"))
        assert "is blocked from making videos until" in done.text
        blocked = await create(stage, "ann", prompt="a fox")
        assert "You're blocked from making videos here until" in blocked.text
        the_form(await ann.clicks("Appeal…", on=blocked))
        page = await answer(stage, await max_.types("/settings moderation"))
        page = await answer(stage, await max_.clicks("Blocked (1)", on=page))
        page = await answer(stage, await max_.clicks("Unblock", on=page))
        assert "can make videos again." in page.text
        assert "Nobody is blocked." in page.text
        assert not (await create(stage, "ann", prompt="a fox")).ephemeral


def in_staff(stage: Stage, words: str) -> Message | None:
    found = stage.person("max").sees("staff")
    return next((message for message in found if words in message.text), None)
