"""What Ann does with a quote."""

from __future__ import annotations

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, until


async def a_cheaper_one_is_chosen_and_edited(stage: Stage, asked: Message) -> None:
    """All on one message, about 12 seconds of a whale; in the end it is the same as before, with a different prompt."""
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


async def a_remix_is_as_dear_as_its_source_is_long(stage: Stage, video: str) -> None:
    models = await stage.person("ann").suggests("/remix", "model", "sora", prompt="x", video=video)
    assert [choice["name"] for choice in models] == ["Sora 2 · 12 s · $1.20", "Sora 2 Pro · 12 s · $3.60"]
    unknown = await stage.person("ann").suggests("/remix", "model", "sora", prompt="x", video="which one")
    assert unknown[0]["name"] == "Sora 2"
    asked = await answer(stage, await stage.person("ann").types("/remix", video=video, prompt="from above"))
    assert "for **$1.20**?" in asked.text or "for at most **$1.20**?" in asked.text
    await stage.person("ann").clicks("No", on=asked)
