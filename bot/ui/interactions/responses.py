"""The only module that answers interactions, so that each is acknowledged in time.

Discord waits three seconds for the first response, and a slow database may take longer. So when an interaction comes
in, a timer is set that acknowledges it unless it was answered before: a command or a form with an ephemeral
"thinking…", a button without any trace. If all turns are taken, it does so at once, or as soon as they are: the answer
will not be quick. Each function here stops the timer first, and then answers in whatever way is still possible.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
import discord
from discord.ui import LayoutView, Modal

from bot.domain.errors import BadRequest
from bot.ui.interactions.discord_errors import TROUBLE, closing_is_trouble, is_gone
from bot.ui.interactions.turns import LONGEST, turns
from bot.ui.text.phrases import errors

log = logging.getLogger(__name__)

T = TypeVar("T")

SOON = 0.06  # seconds; if all turns are taken and there is no answer by then, the bot is busy
PATIENCE = 1.5  # seconds; leaves time for the acknowledgement to arrive
PATIENCE_WITH_FORM = 2.3  # seconds; a form can only be the first response, so it gets most of the time
TRAVEL = 0.15  # seconds of these that a form needs to arrive
# In a command's extras. FOR_MANAGERS: if Discord cannot hide it, as its group also has commands for everybody.
FOR_ALL, OPENS_FORM, FOR_MANAGERS = "for_all", "opens_form", "for_managers"
STATE = "answering"  # where an interaction carries its state

Thinking = discord.InteractionResponseType.deferred_channel_message


@dataclass(slots=True, kw_only=True)
class _State:
    """The state of the answer to one interaction."""

    over: asyncio.Event = field(default_factory=asyncio.Event)  # the timer is not needed any more
    watch: asyncio.Task[None] | None = None
    secret: bool = True  # whether a late answer is ephemeral
    hidden: bool = False  # whether a "thinking…" is ephemeral
    filled: bool = False  # whether the first response has its content
    quiet: bool = False  # acknowledge without a "thinking…", as the answer may replace an existing message
    until: float | None = None  # when it is acknowledged, on the loop's clock


async def begin(interaction: discord.Interaction[Any], *, for_form: bool = False, quiet: bool = False) -> None:
    """Start the timer, and wait for a turn, except before a form, which cannot follow an acknowledgement.

    `quiet`: a form whose answer may replace the message that it was opened from.
    """
    _state(interaction).quiet = quiet
    if for_form:
        _watch(interaction, PATIENCE_WITH_FORM)
        turns().take()
    else:
        _watch(interaction, *((0.0,) if turns().are_taken else (SOON, LONGEST - SOON, PATIENCE - LONGEST)))
        await turns().wait()


def _watch(interaction: discord.Interaction[Any], *seconds: float) -> None:
    """Acknowledge an unanswered interaction after the sum of `seconds`, or after each of them if others wait."""
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
    """Whether a command is answered publicly, unless it is refused."""
    command = interaction.command
    return command is not None and FOR_ALL in command.extras and not getattr(interaction.namespace, "private", False)


def show_to_all(interaction: discord.Interaction[Any]) -> None:
    """The answer is public, and so is a "thinking…" if it takes long."""
    _state(interaction).secret = False


async def think(interaction: discord.Interaction[Any], *, ephemeral: bool) -> None:
    """Show "thinking…", unless the interaction is acknowledged already, or is to be acknowledged quietly."""
    state = await _settled(interaction)
    if interaction.response.is_done():
        return
    if state.quiet:
        await interaction.response.defer()
        return
    await interaction.response.defer(thinking=True, ephemeral=ephemeral)
    state.hidden = ephemeral


async def acknowledge(interaction: discord.Interaction[Any]) -> None:
    """Acknowledge without showing anything; for a button whose message will be changed."""
    await _settled(interaction)
    if not interaction.response.is_done():
        await interaction.response.defer()


async def reply(interaction: discord.Interaction[Any], *, ephemeral: bool = True, **message: Any) -> discord.Message:
    """Answer with a message: the first response, the content after "thinking…", or a further message."""
    state = await _settled(interaction)
    message = {"allowed_mentions": discord.AllowedMentions.none(), **message}
    if not interaction.response.is_done():
        sent = await interaction.response.send_message(**message, ephemeral=ephemeral)
        state.filled = True
        return sent.resource if isinstance(sent.resource, discord.Message) else await interaction.original_response()
    if interaction.response.type is Thinking and not state.filled:
        state.filled = True
        if state.hidden == ephemeral:
            files: Sequence[discord.File] = message.pop("files", ())
            try:
                with _left_if_gone(files) as copies:
                    return await interaction.edit_original_response(**message, attachments=copies)
            except discord.NotFound as error:
                if not is_gone(error):
                    raise
            message["files"] = files
        with contextlib.suppress(discord.HTTPException):
            await interaction.delete_original_response()
    answered: discord.Message = await interaction.followup.send(**message, ephemeral=ephemeral, wait=True)
    return answered


async def update(
    interaction: discord.Interaction[Any], view: LayoutView, *, anew: bool = True, **edit: Any
) -> int | None:
    """Change the message whose button was pressed, or fill in the one after "thinking…".

    `anew`: if it was dismissed or deleted meanwhile, tell the asker alone in a new message. Otherwise raises NotFound.
    Returns the id of the message that shows it; None if none does.
    """
    state = await _settled(interaction)
    files: Sequence[discord.File] = edit.get("attachments", ())
    try:
        with _left_if_gone(files) as copies:
            if files:
                edit["attachments"] = copies
            shown = await _edit(interaction, view=view, **edit)
    except discord.NotFound as error:
        if not anew or not is_gone(error):
            raise
        shown = await _told_anew(interaction, view, files)
    state.filled = True
    return None if shown is None else shown.id


async def _edit(interaction: discord.Interaction[Any], **edit: Any) -> discord.Message | None:
    """Change the message by the first response, or after it."""
    if interaction.response.is_done():
        return await interaction.edit_original_response(**edit)
    await interaction.response.edit_message(**edit)
    return interaction.message


@contextlib.contextmanager
def _left_if_gone(files: Sequence[discord.File]) -> Iterator[Sequence[discord.File]]:
    """Copies to put into a message. If that is gone, the files themselves can still be sent, otherwise they are closed.

    discord.py closes all files of a request, whether or not they arrived.
    """
    with contextlib.ExitStack() as closing:
        for file in files:
            closing.callback(file.close)
        try:
            yield [discord.File(file.fp, file.filename, description=file.description) for file in files]
        except discord.NotFound as error:
            if is_gone(error):
                closing.pop_all()
            raise
        finally:
            for file in files:
                file.reset()


async def _told_anew(
    interaction: discord.Interaction[Any], view: LayoutView, files: Sequence[discord.File]
) -> discord.Message:
    nobody = discord.AllowedMentions.none()
    if not interaction.response.is_done():
        await interaction.response.send_message(view=view, files=files, ephemeral=True, allowed_mentions=nobody)
        return await interaction.original_response()
    told: discord.Message = await interaction.followup.send(
        view=view, files=files, ephemeral=True, wait=True, allowed_mentions=nobody
    )
    return told


async def show(interaction: discord.Interaction[Any], view: LayoutView) -> None:
    """Replace the message behind a press or a form, otherwise reply only to the asker."""
    await (update(interaction, view) if interaction.message else reply(interaction, view=view))


async def instead(interaction: discord.Interaction[Any], view: LayoutView, *, replaces: bool) -> int:
    """Reply only to the asker, or, if it `replaces` the message behind a form, change that.

    Returns the id of the message. A "thinking…" is filled in.
    """
    await _settled(interaction)
    thinks = interaction.response.is_done() and interaction.response.type is Thinking
    if not replaces or thinks or interaction.message is None:
        return (await reply(interaction, view=view)).id
    shown = await update(interaction, view)
    return interaction.message.id if shown is None else shown


async def remove_pressed(interaction: discord.Interaction[Any]) -> None:
    """Remove the message whose button was pressed, after it was acknowledged; also works for ephemeral ones.

    discord.py retries error responses of Discord, but not requests without a response.
    """
    try:
        await interaction.delete_original_response()
    except (aiohttp.ClientError, OSError):
        await interaction.delete_original_response()


def begun(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Starts looking up something for a form while other things are checked."""
    task = asyncio.create_task(work, name="form")
    task.add_done_callback(lambda done: done.cancelled() or done.exception())  # marks its error as retrieved
    return task


async def in_time(interaction: discord.Interaction[Any], work: asyncio.Task[T], *, otherwise: T) -> T:
    """Its result if it is ready before the form has to open; otherwise it is abandoned."""
    until, now = _state(interaction).until, asyncio.get_running_loop().time()
    await asyncio.wait({work}, timeout=PATIENCE_WITH_FORM if until is None else max(0.0, until - TRAVEL - now))
    if work.done():
        return work.result()
    work.cancel()
    return otherwise


async def open_form(interaction: discord.Interaction[Any], form: Modal) -> None:
    """Raises BadRequest if it is too late: only the first response can be a form."""
    await _settled(interaction)
    if interaction.response.is_done():
        raise BadRequest(errors.TOO_SLOW)
    await interaction.response.send_modal(form)


def _state(interaction: discord.Interaction[Any]) -> _State:
    state: _State = interaction.extras.setdefault(STATE, _State())
    return state


async def _settled(interaction: discord.Interaction[Any]) -> _State:
    """The state, after the timer was stopped, or has just acknowledged."""
    state = _state(interaction)
    state.over.set()
    if state.watch is not None:
        await asyncio.wait({state.watch})
    return state
