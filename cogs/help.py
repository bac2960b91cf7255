"""/help: what the asker can do here, and what to do first."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.client import client_of
from bot.jobs.use_cases.authorization import Authorization
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import reply
from bot.ui.screens.help import HelpFacts, HelpScreen, ids_of


class Help(commands.Cog):
    def __init__(self, *, authorization: Authorization) -> None:
        self._authorization = authorization

    @app_commands.command(name="help", description=locale_str("What you can do here, and where to begin"))
    async def show_help(self, interaction: discord.Interaction[Any]) -> None:
        member, client = await member_of(interaction), client_of(interaction)
        facts = HelpFacts(
            commands=[each for each in client.tree.walk_commands() if isinstance(each, app_commands.Command)],
            menus=client.registry.menus,
            ids=ids_of(client.registered),
            manages=member.manages,
            refusal=await self._authorization.refusal(member),
        )
        await reply(interaction, view=HelpScreen(facts))
