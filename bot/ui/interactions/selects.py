"""Menus to choose from that work after a restart, like `LastingButton`: each carries in its id all that it needs."""

from __future__ import annotations

import re
from typing import Any, Self, cast

import discord
from discord.ui import DynamicItem, Select

from bot.client import VideoBot
from bot.ui.interactions.admission import is_admitted
from bot.ui.interactions.buttons import VERSION
from bot.ui.interactions.error_handler import report
from bot.ui.interactions.responses import begin


class LastingSelect(DynamicItem[Select[Any]], template=f"{VERSION}:no-select"):
    """A persistent menu of one choice. The client's registry knows what it means; whatever that raises is told."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        return await is_admitted(interaction)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await begin(interaction)
        try:
            await cast("VideoBot", interaction.client).registry.clicked(interaction, self)
        except Exception as error:  # noqa: BLE001 (one choice; everything is told or logged)
            await report(interaction, error)

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003 (discord.py gives them)
        item: discord.ui.Item[Any],  # noqa: ARG003
        match: re.Match[str],
    ) -> Self:
        return cls.read(match)

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        """The menu whose id was matched."""
        raise NotImplementedError


def chosen(interaction: discord.Interaction[Any]) -> str:
    """The value of the one choice."""
    data: Any = interaction.data or {}
    return str(next(iter(data.get("values", [])), ""))
