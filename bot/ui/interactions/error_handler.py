"""One way for all errors: a sentence to the asker, and a traceback to the log."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any, Protocol

import discord
from discord import app_commands
from discord.ui import ActionRow, Item, LayoutView, TextDisplay

from bot.client import client_of
from bot.domain.errors import CardNotShown, KinoraError, MakesNothing, OrderedAlready, Refusal, StoreAway
from bot.domain.messages import Message
from bot.ui.interactions.admission import is_admitted
from bot.ui.interactions.discord_errors import (
    ANSWERED_ALREADY,
    NOT_ANSWERED,
    TOKEN_GONE,
    TROUBLE,
    closing_is_trouble,
    code_of,
    is_outage,
)
from bot.ui.interactions.responses import OPENS_FORM, begin, reply, update
from bot.ui.interactions.turns import turns
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_PLAIN
from bot.ui.text.phrases import errors
from bot.ui.text.render import render

log = logging.getLogger(__name__)

MESSAGE_MENU = discord.AppCommandType.message.value

GONE_INTERACTION = NOT_ANSWERED | TOKEN_GONE | {ANSWERED_ALREADY}  # nobody waits, or can be told


UNSENT = "unsent"  # where an interaction carries it


class Unsent(Protocol):
    """What a member has written while it is not ordered yet."""

    def choosing(self, model: str, seconds: int, size: str) -> Unsent:
        """With another choice instead, as far as its form has one."""
        ...

    async def button(self) -> Item[Any]:
        """Keep it, and return the button that reopens its form."""
        ...


def carry(interaction: discord.Interaction[Any], unsent: Unsent | None) -> None:
    """Any error from here on is reported with the way back to what was written."""
    interaction.extras[UNSENT] = unsent


def carried(interaction: discord.Interaction[Any]) -> Unsent | None:
    unsent: Unsent | None = interaction.extras.get(UNSENT)
    return unsent


async def report(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Say what went wrong, only to the person who asked."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if not _is_gone(cause):
        unsent, offer = _unsent_after(interaction, cause), _offered(interaction, cause)
        await say(interaction, _message(interaction, cause), unsent, offer)


async def report_instead(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Likewise, in place of the question whose button was pressed: a reply to that would outlive it."""
    if _is_gone(error):
        return
    unsent, offer = _unsent_after(interaction, error), _offered(interaction, error)
    view = await _view(_message(interaction, error), unsent, offer)
    try:
        with closing_is_trouble():
            await update(interaction, view)
    except TROUBLE as trouble:
        log.info("a sentence could not be said: %s", trouble)


def _unsent_after(interaction: discord.Interaction[Any], error: BaseException) -> Unsent | None:
    """What was written and has not been ordered, if a change of it could be."""
    return None if isinstance(error, CardNotShown | MakesNothing) else carried(interaction)


def _offered(interaction: discord.Interaction[Any], error: BaseException) -> Item[Any] | None:
    """What a cog offers to people who get such an error."""
    if not isinstance(error, Refusal):
        return None
    return client_of(interaction).registry.offer_for(error)


def _is_gone(error: BaseException) -> bool:
    """Whether nobody waits for an answer any more."""
    gone = isinstance(error, OrderedAlready) or (
        isinstance(error, discord.HTTPException) and code_of(error) in GONE_INTERACTION
    )
    if gone:
        log.info("an interaction was gone before it was answered: %s", error)
    return gone


def _message(interaction: discord.Interaction[Any], error: BaseException) -> Message:
    if isinstance(error, StoreAway):
        log.warning("interaction %s failed, as files can't be had: %s", interaction.id, error)
        return errors.no_files(error.message)
    if isinstance(error, KinoraError):
        return error.message
    if isinstance(error, app_commands.TransformerError | app_commands.CommandSignatureMismatch):
        return errors.NOT_FITTING
    if isinstance(error, app_commands.CheckFailure):
        return errors.NOT_YOURS
    if is_outage(error):
        log.warning("interaction %s failed, as Discord is in trouble: %s", interaction.id, error)
        return errors.DISCORD_FAILED
    number = secrets.token_hex(3)
    log.error("interaction %s failed, shown as %s", interaction.id, number, exc_info=error)
    return errors.broken(number)


async def say(
    interaction: discord.Interaction[Any],
    message: Message,
    unsent: Unsent | None = None,
    offer: Item[Any] | None = None,
) -> None:
    """Answer only the asker, whatever was answered before, with the way back to what they wrote."""
    is_plain = unsent is None and offer is None
    answer: dict[str, Any] = {"content": cut(render(message), LONGEST_PLAIN)}
    if not is_plain:
        answer = {"view": await _view(message, unsent, offer)}
    try:
        with closing_is_trouble():
            await reply(interaction, **answer)
    except TROUBLE as error:
        log.info("a sentence could not be said: %s", error)


async def _view(message: Message, unsent: Unsent | None, offer: Item[Any] | None = None) -> LayoutView:
    view = LayoutView(timeout=None).add_item(TextDisplay[Any](cut(render(message), LONGEST_PLAIN)))
    edit = await kept(unsent)
    buttons = [button for button in (edit, offer) if button is not None]
    return view.add_item(ActionRow(*buttons)) if buttons else view


async def kept(unsent: Unsent | None) -> Item[Any] | None:
    """The button that reopens what was written, if anything was.

    None also if it could not be stored: the message must be shown anyway.
    """
    if unsent is None:
        return None
    try:
        return await unsent.button()
    except Exception:
        log.exception("what a member wrote could not be kept")
        return None


def _opens_form(data: Mapping[str, Any]) -> bool:
    """Our message menus do, and commands with an option for more."""
    asked = {option["name"]: option.get("value") for option in data.get("options") or ()}
    return data.get("type") == MESSAGE_MENU or asked.get("more") is True


class ReportingTree(app_commands.CommandTree[Any]):
    """Commands, menus and autocompletion: acknowledged in time, with failures explained."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        if not await is_admitted(interaction):
            return False
        if interaction.type is discord.InteractionType.application_command:
            always = interaction.command is not None and OPENS_FORM in interaction.command.extras
            await begin(interaction, for_form=always or _opens_form(dict(interaction.data or {})))
        elif interaction.type is discord.InteractionType.autocomplete:
            turns().take()  # suggestions cannot be deferred, so the others wait
        return True

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            log.warning("no suggestions", exc_info=error)
        else:
            await report(interaction, error)
