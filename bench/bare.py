"""A discord.py bot that only answers commands: `python -m bench.bare`, which `bench.startup` compares with ours."""

from __future__ import annotations

import logging
import os

import discord
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL


class Bare(commands.Bot):
    async def on_ready(self) -> None:
        print(f"ready as {self.user}", flush=True)


@discord.app_commands.command(description="Answer.")
async def ping(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("pong")


def main() -> None:
    Route.BASE = os.environ["DISCORD_API_BASE"]
    DiscordWebSocket.DEFAULT_GATEWAY = URL(os.environ["DISCORD_GATEWAY_URL"])
    bot = Bare(commands.when_mentioned, intents=discord.Intents(guilds=True))
    bot.tree.add_command(ping)
    bot.run(os.environ["DISCORD_TOKEN"], log_level=logging.WARNING)


if __name__ == "__main__":
    main()
