"""What Ann does with a quote."""

from __future__ import annotations

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import until


async def a_cheaper_one_is_chosen_and_edited(stage: Stage, asked: Message) -> None:
    """All on one message, about 12 seconds of a whale; in the end it is what it was, with other words."""
    ann = stage.person("ann")
    await ann.clicks("Cheaper…", on=asked)
    await until(stage, lambda: "Cheaper than $1.20" in asked.text)
    assert "**$0.80** · Sora 2 · 8 s · 1280x720 · 4 s shorter" in asked.text
    await ann.picks("Sora 2 · 8 s · 1280x720 · $0.80", on=asked)
    await until(stage, lambda: "Make this video for **$0.80**?" in asked.text)
    form = (await ann.clicks("Edit", on=asked)).form
    assert form is not None
    assert (form.field("prompt").value, form.field("seconds").value) == ("a whale", "8")
    await ann.fills(form, prompt="a blue whale", seconds="12")
    await until(stage, lambda: "Make this video for **$1.20**?" in asked.text)
