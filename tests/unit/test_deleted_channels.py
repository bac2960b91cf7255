"""Channels that were chosen in the settings and then deleted on the server."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.domain.errors import Undeliverable
from bot.domain.guild import GuildOptions
from bot.domain.messages import Message
from bot.jobs.use_cases.guild import OPTIONS, GuildPreferences
from bot.ui.publish.showcase.messages import DiscordShowcase
from bot.ui.screens.settings.channels import ChannelsPage
from bot.ui.screens.settings.notifications import trouble_in
from bot.ui.screens.settings.pages import Visit
from bot.ui.text.render import render
from tests.builders import GUILD, a_member
from tests.card_scene import forbidden, not_found
from tests.changes import some_changes
from tests.scripted import MemoryRecords

HALL, ROOM, DELETED = 7, 8, 9


def a_server(*, unavailable: bool = False) -> Any:
    """With a showcase, and a studio where videos are posted."""
    held = SimpleNamespace(view_channel=True, send_messages=True, read_message_history=True)
    channels = {id_: SimpleNamespace(id=id_, permissions_for=lambda _: held) for id_ in (HALL, ROOM)}
    server = SimpleNamespace(
        id=GUILD, unavailable=unavailable, me=None, get_channel=channels.get, get_channel_or_thread=channels.get
    )
    server.roles = [SimpleNamespace(id=GUILD, is_bot_managed=bool)]
    for channel in channels.values():
        channel.guild = server
    return server


def test_the_settings_say_that_a_channel_was_deleted_and_no_menu_shows_it_as_chosen() -> None:
    visit = Visit(member=a_member(), guild=a_server())
    told = trouble_in(visit.guild, DELETED)
    assert told is not None
    assert render(told).startswith("That channel was deleted")
    assert trouble_in(visit.guild, ROOM) is None
    assert [visit.still(each) for each in (None, ROOM, DELETED)] == [None, ROOM, None]


@pytest.mark.parametrize("guild", [None, a_server(unavailable=True)])
def test_before_discord_has_sent_the_server_nothing_counts_as_deleted(guild: Any) -> None:
    assert Visit(member=a_member(), guild=guild).still(DELETED) == DELETED
    assert trouble_in(guild, DELETED) is None


class AskedDiscord:
    """A connection that knows one server."""

    def __init__(self, answer: Exception | None) -> None:
        self.answer = answer

    def get_guild(self, guild_id: int) -> Any:
        assert guild_id == GUILD
        return a_server()

    async def fetch_channel(self, channel_id: int) -> None:
        assert channel_id == DELETED
        if self.answer is not None:
            raise self.answer


def a_showcase(answer: Exception | None = None) -> DiscordShowcase:
    client: Any = AskedDiscord(answer)
    unused: Any = None
    return DiscordShowcase(client=client, poster=unused, languages=unused)


async def test_a_video_may_be_where_all_readers_saw_it() -> None:
    assert await a_showcase().may_show(GUILD, ROOM, HALL)
    assert not await a_showcase().may_show(GUILD, DELETED, HALL)


@pytest.mark.parametrize(("answer", "is_gone"), [(not_found(10003), True), (forbidden(), False)])
async def test_why_a_showcase_is_unknown_is_asked(answer: Exception, is_gone: bool) -> None:
    with pytest.raises(Undeliverable) as no:
        await a_showcase(answer).may_show(GUILD, ROOM, DELETED)
    assert no.value.channel_gone is is_gone
    assert not await a_showcase().may_show(GUILD, ROOM, DELETED)  # it exists, but who reads it is not known


async def test_the_page_counts_the_deleted_ones_among_those_where_videos_can_be_made() -> None:
    records = MemoryRecords()
    await records.write(OPTIONS, str(GUILD), GuildOptions(allowed_channels=(ROOM, DELETED)))
    page = ChannelsPage(preferences=GuildPreferences(records=records, changes=some_changes()))
    content = await page.content(Visit(member=a_member(), guild=a_server()))
    said = content.parts[0]
    assert isinstance(said, Message)
    assert "1 of these channels was deleted." in render(said)
    select: Any = content.rows[0].children[0]
    assert [each.id for each in select.item.default_values] == [ROOM]
