"""`python -m bot demo --once`: one video and one remix without a page, with the channel printed as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from bot.sandbox.demo import say
from bot.sandbox.discord.people.outcome import CannotDo, Outcome
from bot.sandbox.discord.world.changes import Change, Shown
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.discord.world.world import World
from bot.sandbox.folder import held
from bot.sandbox.playing import while_held
from bot.sandbox.services import Scene
from bot.sandbox.stage import NotReady, Stage

CHANNEL = "studio"
RENDER_SECONDS = 3.0
PATIENCE = 120.0  # seconds for one video
REMIX = "the same scene at night, under the stars"


class NotPosted(Exception):
    """A video did not arrive; the sentence says what arrived instead."""


async def once(prompt: str, scene: Scene, *, data: Path, port: int | None) -> int:
    """0 only if both videos were actually posted. Raises Misused and CannotPlay."""
    try:
        with held(data) as folder:
            stage = Stage(data, render_seconds=RENDER_SECONDS, scene=scene)
            sizes = await while_held(folder, stage.keeper, _shown(stage, prompt, port or 0))
    except (NotPosted, NotReady, CannotDo) as failure:
        say(f"\nNothing was posted: {failure}\nThe bot's log is {data / 'bot.log'}.")
        return 1
    kept = data / "files" / "videos"
    say(f"\nBoth videos were posted ({sizes[0]:,} and {sizes[1]:,} bytes) and are kept in {kept}.")
    return 0


async def _shown(stage: Stage, prompt: str, port: int) -> tuple[int, int]:
    async with stage.running(port):
        stage.world.watch(teller(stage.world))
        return await _play(stage, prompt)


async def _play(stage: Stage, prompt: str) -> tuple[int, int]:
    ann = stage.person("ann")
    say(f"\nAnn types  /create prompt: {prompt}\n")
    first = await _result(stage.world, await ann.types("/create", channel=CHANNEL, prompt=prompt), [])
    say(f"\nAnn presses  Remix  and writes: {REMIX}\n")
    opened = await ann.clicks("Remix", on=first)
    if opened.form is None:
        raise NotPosted(opened.failed or "the Remix button opened no form.")
    second = await _result(stage.world, await ann.fills(opened.form, prompt=REMIX), [first])
    return _bytes(first), _bytes(second)


async def _result(world: World, answer: Outcome, known: list[Message]) -> Message:
    """The message with the next video. NotPosted if it is refused, fails, or takes too long."""
    try:
        await answer.settled(PATIENCE)
    except TimeoutError:
        raise NotPosted(f"nothing came within {PATIENCE:.0f} seconds.") from None
    if answer.failed or answer.message is None:
        raise NotPosted(answer.failed or "nobody answered.")
    card = answer.message

    def arrived() -> Message | bool:
        videos = [m for m in world.seen_by("ann", CHANNEL) if m.media and m not in known]
        return videos[-1] if videos else "Failed" in card.text

    try:
        found = await world.until(arrived, timeout=PATIENCE)
    except TimeoutError:
        raise NotPosted(f"nothing came within {PATIENCE:.0f} seconds.") from None
    if not isinstance(found, Message):
        raise NotPosted(as_read(card.text, _names(world), world.clock.now()))
    return found


def _names(world: World) -> Mapping[str, str]:
    return {f"<@{user.id}>": f"@{user.name}" for user in world.users.values()}


def _bytes(message: Message) -> int:
    return len(message.file(message.media[0].filename))


def teller(world: World) -> Callable[[Change], None]:
    """Prints each change of a message that is visible as text, once."""
    told: dict[int, str] = {}
    names = _names(world)

    def tell(change: Change) -> None:
        if not isinstance(change, Shown):
            return
        text = _as_text(change.message, names, world.clock.now())
        if text and told.get(change.message.id) != text:
            told[change.message.id] = text
            say(text)

    return tell


def as_read(text: str, names: Mapping[str, str], now: float) -> str:
    """What Discord would show for a message's text, as far as a terminal can: times, names, links, escaped characters.

    `names` are by mention; `now` is in Unix seconds.
    """
    words = re.sub(r"<t:(\d+):R>", lambda moment: _relative(round(int(moment[1]) - now)), text)
    words = re.sub(r"<t:(\d+):t>", lambda moment: f"{datetime.fromtimestamp(int(moment[1])).astimezone():%H:%M}", words)
    words = re.sub(r"\[([^\]]+)\]\(https?://[^)]+\)", r"\1", words)
    words = re.sub(r"\\([^\w\s])", r"\1", words)
    for mention, name in names.items():
        words = words.replace(mention, name)
    return words


def _relative(seconds: int) -> str:
    return f"in {seconds} s" if seconds > 0 else f"{-seconds} s ago"


def _as_text(message: Message, names: Mapping[str, str], now: float) -> str:
    words = as_read(message.text, names, now)
    lines = [f"  │ {line}" for line in words.splitlines() if line.strip()]
    lines += [f"  │ ▶ {media.filename}" for media in message.media]
    buttons = "  ".join(f"[{button.label}]" for button in message.buttons)
    if buttons:
        lines.append(f"  │ {buttons}")
    return "\n".join([f"  {message.author.name}:", *lines]) if lines else ""
