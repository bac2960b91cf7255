"""One way for every failure: a sentence to the person who asked, a traceback to the log."""

from __future__ import annotations

import logging
import secrets
from typing import Any

import discord
from discord import app_commands

from bot.client import is_ours_to_answer
from bot.domain.errors import KinoraError
from bot.ui.interactions.responses import reply, watch

log = logging.getLogger(__name__)

MESSAGE_MENU = discord.AppCommandType.message.value

GONE_INTERACTION = frozenset({10062, 40060, 50027})  # unknown, already acknowledged, token expired: nobody waits


async def report(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Say what went wrong, to the person who asked and to nobody else."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(cause, discord.HTTPException) and cause.code in GONE_INTERACTION:
        log.info("an interaction was gone before it was answered (%s)", cause.code)
        return
    await say(interaction, _sentence(interaction, cause))


def _sentence(interaction: discord.Interaction[Any], error: BaseException) -> str:
    if isinstance(error, KinoraError):
        return error.sentence
    if isinstance(error, app_commands.TransformerError | app_commands.CommandSignatureMismatch):
        return "That option does not fit this command. Discord may show an old version of it: reload with Ctrl+R."
    if isinstance(error, app_commands.CheckFailure):
        return "You may not use this command here."
    number = secrets.token_hex(3)
    log.error("interaction %s failed, shown as %s", interaction.id, number, exc_info=error)
    return f"Something broke on my side. Nothing more was ordered. If it stays, tell the host the number {number}."


async def say(interaction: discord.Interaction[Any], sentence: str) -> None:
    """Answer for the asker's eyes only, whatever was answered before."""
    try:
        await reply(interaction, content=sentence)
    except discord.HTTPException as error:
        log.info("a sentence could not be said: %s (%s)", error.text, error.code)


class ReportingTree(app_commands.CommandTree[Any]):
    """Commands, menus and autocompletion: acknowledged in time, with failures told in words."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        if not is_ours_to_answer(interaction):
            return False
        if interaction.type is discord.InteractionType.application_command:
            # Our message menus open forms.
            watch(interaction, for_form=interaction.data is not None and interaction.data.get("type") == MESSAGE_MENU)
        return True

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            log.warning("no suggestions", exc_info=error)
        else:
            await report(interaction, error)
