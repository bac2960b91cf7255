"""The one place that answers interactions, so that each is acknowledged in time.

Discord waits three seconds for the first word, and a slow database may take longer to be asked. So a watch is set when
an interaction comes in, and acknowledges it when nothing else has: a command or a form with "thinking…" for the asker's
eyes, a button without a trace. Where others are served first, it does so at once, or soon where that comes about: the
answer will not be quick. Each function here ends the watch first and then answers in whatever way is still open.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
import discord
from discord.ui import LayoutView, Modal

from bot.domain.errors import BadRequest
from bot.ui.interactions.discord_errors import TROUBLE, closing_is_trouble
from bot.ui.interactions.turns import LONGEST, turns
from bot.ui.text.phrases import errors

log = logging.getLogger(__name__)

T = TypeVar("T")

SOON = 0.06  # seconds; what is not answered by then although all turns are taken waits for a busy bot
PATIENCE = 1.5  # seconds; the acknowledgement has to get there, too
PATIENCE_WITH_FORM = 2.3  # seconds; a form can be the first answer only, so it gets most of the time there is
TRAVEL = 0.15  # seconds of those that a form needs on its way
# Among a command's extras. FOR_MANAGERS: where Discord cannot hide it from others, beside open ones in its group.
FOR_ALL, OPENS_FORM, FOR_MANAGERS = "for_all", "opens_form", "for_managers"
STATE = "answering"  # where an interaction carries its state

Thinking = discord.InteractionResponseType.deferred_channel_message


@dataclass(slots=True, kw_only=True)
class _State:
    """The state of the answer to one interaction."""

    over: asyncio.Event = field(default_factory=asyncio.Event)  # nobody needs the watch any more
    watch: asyncio.Task[None] | None = None
    secret: bool = True  # whether the answer, if it comes late, is for the asker's eyes only
    hidden: bool = False  # whether a "thinking…" is
    filled: bool = False  # whether the first answer has its words
    quiet: bool = False  # Discord is told to wait without a "thinking…", as the answer may change what is there
    until: float | None = None  # when Discord is told to wait, by the clock of the loop


async def begin(interaction: discord.Interaction[Any], *, for_form: bool = False, quiet: bool = False) -> None:
    """Wait for its turn, watched over. What opens a form does not wait: nothing can be said before that.

    `quiet`: a form whose answer may take the place of the message that it was opened from.
    """
    _state(interaction).quiet = quiet
    if for_form:
        _watch(interaction, PATIENCE_WITH_FORM)
        turns().take()
    else:
        _watch(interaction, *((0.0,) if turns().are_taken else (SOON, LONGEST - SOON, PATIENCE - LONGEST)))
        await turns().wait()


def _watch(interaction: discord.Interaction[Any], *seconds: float) -> None:
    """Acknowledge the interaction after the sum of it, unless it is answered by then; between two if others wait."""
    state = _state(interaction)
    state.until = asyncio.get_running_loop().time() + sum(seconds)
    state.watch = asyncio.create_task(_wait(interaction, state, seconds), name="acknowledge in time")


async def _wait(interaction: discord.Interaction[Any], state: _State, seconds: Sequence[float]) -> None:
    for each in seconds:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(each):
                await state.over.wait()
                return
        if turns().are_taken:
            break
    log.log(logging.DEBUG if turns().are_taken else logging.INFO, "no answer is ready yet; Discord is told to wait")
    try:
        with closing_is_trouble():
            if state.quiet or interaction.type is discord.InteractionType.component:
                await interaction.response.defer()
            else:
                state.hidden = state.secret and not (turns().are_taken and _is_for_all(interaction))
                await interaction.response.defer(thinking=True, ephemeral=state.hidden)
    except TROUBLE as error:
        log.info("an interaction could not be acknowledged: %s", error)


def _is_for_all(interaction: discord.Interaction[Any]) -> bool:
    """Whether a command is answered for everybody, unless it is refused."""
    command = interaction.command
    return command is not None and FOR_ALL in command.extras and not getattr(interaction.namespace, "private", False)


def show_to_all(interaction: discord.Interaction[Any]) -> None:
    """The answer is for everybody, and so is a "thinking…" if that takes long."""
    _state(interaction).secret = False


async def think(interaction: discord.Interaction[Any], *, ephemeral: bool) -> None:
    """Say "thinking…", unless Discord was told to wait already, or is to be told so without a word."""
    state = await _settled(interaction)
    if interaction.response.is_done():
        return
    if state.quiet:
        await interaction.response.defer()
        return
    await interaction.response.defer(thinking=True, ephemeral=ephemeral)
    state.hidden = ephemeral


async def acknowledge(interaction: discord.Interaction[Any]) -> None:
    """Nothing is shown; for a button whose message will be changed, by us or by others."""
    await _settled(interaction)
    if not interaction.response.is_done():
        await interaction.response.defer()


async def reply(interaction: discord.Interaction[Any], *, ephemeral: bool = True, **message: Any) -> discord.Message:
    """Answer with a message: the first one, the one after "thinking…", or one more."""
    state = await _settled(interaction)
    message = {"allowed_mentions": discord.AllowedMentions.none(), **message}
    if not interaction.response.is_done():
        sent = await interaction.response.send_message(**message, ephemeral=ephemeral)
        state.filled = True
        return sent.resource if isinstance(sent.resource, discord.Message) else await interaction.original_response()
    if interaction.response.type is Thinking and not state.filled:
        state.filled = True
        if state.hidden == ephemeral:
            files = message.pop("files", [])
            return await interaction.edit_original_response(**message, attachments=files)
        with contextlib.suppress(discord.HTTPException):
            await interaction.delete_original_response()
    answered: discord.Message = await interaction.followup.send(**message, ephemeral=ephemeral, wait=True)
    return answered


async def update(interaction: discord.Interaction[Any], view: LayoutView, **edit: Any) -> None:
    """Change the message whose button was pressed, or fill in the one after "thinking…"."""
    state = await _settled(interaction)
    if not interaction.response.is_done():
        await interaction.response.edit_message(view=view, **edit)
    else:
        await interaction.edit_original_response(view=view, **edit)
    state.filled = True


async def show(interaction: discord.Interaction[Any], view: LayoutView) -> None:
    """In place of the message behind a press or a form, otherwise as an answer for the asker only."""
    await (update(interaction, view) if interaction.message else reply(interaction, view=view))


async def instead(interaction: discord.Interaction[Any], view: LayoutView, *, replaces: bool) -> int:
    """Answer the asker alone; where it `replaces` the message behind a form, in the place of that.

    The id of the message. Once Discord was told to wait with a "thinking…", that is filled.
    """
    await _settled(interaction)
    thinks = interaction.response.is_done() and interaction.response.type is Thinking
    if not replaces or thinks or interaction.message is None:
        return (await reply(interaction, view=view)).id
    await update(interaction, view)
    return interaction.message.id


async def remove_pressed(interaction: discord.Interaction[Any]) -> None:
    """Remove the message whose button was pressed, after that was acknowledged; also one for the asker's eyes.

    discord.py repeats what Discord answers with trouble, but not what it gave no answer to.
    """
    try:
        await interaction.delete_original_response()
    except (aiohttp.ClientError, OSError):
        await interaction.delete_original_response()


def begun(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Something for a form that is looked up while other things are checked."""
    task = asyncio.create_task(work, name="form")
    task.add_done_callback(lambda done: done.cancelled() or done.exception())  # asked for or not, it is no news
    return task


async def in_time(interaction: discord.Interaction[Any], work: asyncio.Task[T], *, otherwise: T) -> T:
    """Its result, if it is there before the form has to open; otherwise it is abandoned."""
    until, now = _state(interaction).until, asyncio.get_running_loop().time()
    await asyncio.wait({work}, timeout=PATIENCE_WITH_FORM if until is None else max(0.0, until - TRAVEL - now))
    if work.done():
        return work.result()
    work.cancel()
    return otherwise


async def open_form(interaction: discord.Interaction[Any], form: Modal) -> None:
    """Raises BadRequest if it is too late for that: only a first answer can be a form."""
    await _settled(interaction)
    if interaction.response.is_done():
        raise BadRequest(errors.TOO_SLOW)
    await interaction.response.send_modal(form)


def _state(interaction: discord.Interaction[Any]) -> _State:
    state: _State = interaction.extras.setdefault(STATE, _State())
    return state


async def _settled(interaction: discord.Interaction[Any]) -> _State:
    """The state, once the watch can no longer answer, or just has."""
    state = _state(interaction)
    state.over.set()
    if state.watch is not None:
        await asyncio.wait({state.watch})
    return state
