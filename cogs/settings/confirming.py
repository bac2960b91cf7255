"""/settings confirm: from which price members have to confirm, for members with Manage Server."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.errors import BadRequest
from bot.domain.money.amounts import entered_usd
from bot.jobs.use_cases.quotes.confirming import PriceConfirmation
from bot.ui.dialogs.confirmations import Note
from bot.ui.interactions.members import manager_of
from bot.ui.interactions.responses import reply
from bot.ui.text.phrases.access import confirming


class ConfirmCommand(commands.Cog):
    """A part of /settings."""

    _confirmation: PriceConfirmation

    @app_commands.command(description=locale_str("When members are asked before a video; without options, shows it"))
    @app_commands.describe(
        above=locale_str("Ask before videos that cost at least this, such as 0.50; 0 asks before each"),
        at_most=locale_str("The most that tiers and members can raise it to"),
        reset=locale_str("Go back to the bot's default"),
    )
    async def confirm(
        self,
        interaction: discord.Interaction[Any],
        *,
        above: str | None = None,
        at_most: str | None = None,
        reset: bool = False,
    ) -> None:
        member = await manager_of(interaction, self._confirmation.authorization)
        asked = above is not None or at_most is not None
        if reset and asked:
            raise BadRequest(confirming.AMOUNT_OR_RESET)
        if reset:
            bounds = await self._confirmation.reset(member)
        elif asked:
            lower, upper = (None if typed is None else entered_usd(typed) for typed in (above, at_most))
            bounds = await self._confirmation.change(member, above=lower, at_most=upper)
        else:
            bounds = await self._confirmation.bounds(member.guild_id)
        await reply(interaction, view=Note(confirming.asked_from(bounds)))
