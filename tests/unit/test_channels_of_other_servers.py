"""A channel of another server, named in a form or a menu by whoever manages this one, is refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.errors import BadRequest
from bot.domain.guild import ChannelUse
from bot.interaction_registry import InteractionRegistry
from bot.ui.interactions.channel_rights import check_are_here
from bot.ui.screens.settings.controls import SettingsChannelSelect
from cogs.settings.pages import SettingsPagesCog
from cogs.studio.contests import Contests
from tests.unit.test_order_placement import a_press

HERE, ELSEWHERE = 70, 71
NOTHING: Any = None


def asked_by_a_manager(chosen: int, *, named: bool = False) -> Any:
    """On a server with the one channel HERE. `named`: Discord describes what was chosen."""
    pressed = a_press()
    pressed.permissions = discord.Permissions(manage_guild=True)
    pressed.guild.get_channel_or_thread = {HERE: object()}.get
    resolved = {"channels": {str(chosen): {"id": str(chosen)}}} if named else {}
    pressed.data = {"values": [str(chosen)], "resolved": resolved}
    return pressed


async def test_no_contest_is_started_there() -> None:
    lookup: Any = SimpleNamespace(clicks=lambda handler, **_: handler)
    contests = Contests(
        InteractionRegistry(),
        lookup,
        known=NOTHING,
        run=NOTHING,
        enter=NOTHING,
        vote=NOTHING,
        ballots=NOTHING,
        label=str,
    )
    with pytest.raises(BadRequest, match="another version"):
        await contests.start_sent(asked_by_a_manager(HERE), f"{ELSEWHERE}-1-1", {"prompt": "Winter"})


async def test_nothing_is_posted_there() -> None:
    async def allowed(*_: Any) -> None:
        return None

    authorization: Any = SimpleNamespace(authorize=allowed)
    pages = SettingsPagesCog(
        InteractionRegistry(),
        authorization=authorization,
        hub=NOTHING,
        rules=NOTHING,
        preferences=NOTHING,
        budgets=NOTHING,
    )
    with pytest.raises(BadRequest, match="another version"):
        await pages.channel_chosen(asked_by_a_manager(ELSEWHERE), SettingsChannelSelect(ChannelUse.LOG))
    with pytest.raises(BadRequest, match="another version"):
        await pages.allowed_chosen(asked_by_a_manager(ELSEWHERE), NOTHING)


def test_what_is_here_or_named_by_discord_itself_is_taken() -> None:
    check_are_here(asked_by_a_manager(HERE), [HERE])
    not_sent_yet = asked_by_a_manager(ELSEWHERE, named=True)
    not_sent_yet.guild.get_channel_or_thread = {}.get
    check_are_here(not_sent_yet, [ELSEWHERE, not_sent_yet.channel_id])
