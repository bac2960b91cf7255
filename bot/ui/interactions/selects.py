"""Menus to choose from that work after a restart, like `LastingButton`: each carries in its id all that it needs."""

from __future__ import annotations

from typing import Any

import discord
from discord.ui import Select

from bot.ui.interactions.buttons import VERSION, LastingItem


class LastingSelect(LastingItem[Select[Any]], template=f"{VERSION}:no-select"):
    """A persistent menu of one choice."""


def chosen(interaction: discord.Interaction[Any]) -> str:
    """The value of the one choice."""
    data: Any = interaction.data or {}
    return str(next(iter(data.get("values", [])), ""))
