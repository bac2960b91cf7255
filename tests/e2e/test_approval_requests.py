"""An expensive order waits for approval: requested, and decided in the staff channel and from /status."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.discord.people.outcome import Form
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import agreed, answer, card_says, create, result_of, the_form, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = only_in_full("the walk is long, and its rules have tests of their own")


async def test_a_dear_order_is_asked_for_and_decided_about(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {}).running() as stage:
        max_, ann, tia = (stage.person(key) for key in ("max", "ann", "tia"))
        await give_tiers(stage)

        question = await create(stage, "tia", prompt="a long walk")
        assert "Above $0.20 your videos need approval first. It's free to cancel until then." in question.text
        card = await agreed(stage, "Go · $0.40", question, "tia")
        await card_says(stage, card, "Waiting for approval")
        request: Message = await until(stage, lambda: find(stage, "needs approval"))
        assert "a long walk" in request.text
        assert "**$0.40**" in request.text
        assert not stage.host.created
        await max_.clicks("Approve", on=request)
        await result_of(stage, card, "tia")
        await until(stage, lambda: "approved** by" in request.text)

        question = await create(stage, "tia", prompt="a secret plan", private=True)
        assert "Only approvers see its prompt." in question.text
        await answer(stage, await tia.clicks("Go · $0.40", on=question))
        hidden: Message = await until(stage, lambda: find(stage, "needs approval"))
        assert "secret" not in hidden.text
        listed = await answer(stage, await ann.types("/status"))
        assert "1 request waits for your approval" in listed.text
        requests = await answer(stage, await ann.clicks("Review…", on=listed))
        shown = await answer(stage, await ann.clicks("Review…", on=requests))
        assert "a secret plan" in shown.text
        await ann.fills(the_form(await ann.clicks("Deny…", on=shown)), prompt="not today")
        await until(stage, lambda: "denied** by" in hidden.text and "not today." in hidden.text)
        mine = await answer(stage, await tia.types("/status"))
        assert "🚫 not approved:" in mine.text


async def give_tiers(stage: Stage) -> None:
    """Filmmakers approve orders above $0.20 by trial members, in a channel for staff."""
    max_ = stage.person("max")
    await answer(stage, await max_.types("/settings notices", {"channel": "staff"}))
    page = await answer(stage, await max_.types("/settings tiers"))
    for name, role in (("Film", "Filmmaker"), ("Trial", "Trial")):
        tier = await answer(stage, await max_.fills(await the_form_of(stage, "Add…", page), name=name, roles=[role]))
        if name == "Film":
            form = the_form(await max_.clicks("Limits…", on=tier))
            tier = await answer(stage, await max_.fills(form, rights=["private", "approve"]))
            assert "**Can approve others' requests:** yes" in tier.text
        else:
            form = the_form(await max_.clicks("Confirmation and approval…", on=tier))
            tier = await answer(stage, await max_.fills(form, {"approval-above": "0.20"}))
            assert "**Need approval above:** $0.20" in tier.text
        page = await answer(stage, await max_.clicks("All tiers", on=tier))


async def the_form_of(stage: Stage, button: str, message: Message) -> Form:
    return the_form(await stage.person("max").clicks(button, on=message))


def find(stage: Stage, words: str) -> Message | None:
    """In the staff channel."""
    staff = next(channel.id for channel in stage.world.channels.values() if channel.name == "staff")
    return next((m for m in stage.person("max").sees(staff) if words in m.text), None)
