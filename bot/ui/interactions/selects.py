"""Select menus that work after a restart, like `LastingButton`: the id of each contains everything that it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import discord
from discord.ui import ChannelSelect, RoleSelect, Select

from bot.domain.errors import BadRequest
from bot.domain.texts.discord_ids import ids_in
from bot.ui.interactions.buttons import VERSION, LastingItem
from bot.ui.text.phrases import errors


class LastingSelect(LastingItem[Select[Any]], template=f"{VERSION}:no-select"):
    """A persistent menu of one choice."""


class LastingRoleSelect(LastingItem[RoleSelect[Any]], template=f"{VERSION}:no-roles"):
    """A persistent menu of the server's roles."""


class LastingChannelSelect(LastingItem[ChannelSelect[Any]], template=f"{VERSION}:no-channels"):
    """A persistent menu of the server's channels."""


def data_of(interaction: discord.Interaction[Any]) -> dict[str, Any]:
    """What Discord sent with it, for which discord.py has one type a kind."""
    return dict(interaction.data or {})


def chosen(interaction: discord.Interaction[Any]) -> str:
    """The value of the one choice."""
    return next(iter(all_chosen(interaction)), "")


def chosen_among(interaction: discord.Interaction[Any], offered: Collection[str]) -> str:
    """Likewise. Raises BadRequest if this version does not offer it: the menu may be years old."""
    value = chosen(interaction)
    if value not in offered:
        raise BadRequest(errors.OTHER_BUTTON)
    return value


def all_chosen(interaction: discord.Interaction[Any]) -> list[str]:
    """The values of all choices, each once."""
    return values_of(data_of(interaction))


def values_of(component: Mapping[str, Any]) -> list[str]:
    """What was chosen in a menu, or in a field of a form, each once; none if it takes a text."""
    return list(dict.fromkeys(str(value) for value in component.get("values") or ()))


def chosen_ids(interaction: discord.Interaction[Any]) -> list[int]:
    """The ids of all chosen roles or channels."""
    return ids_in(all_chosen(interaction))
