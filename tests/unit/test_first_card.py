"""A server that adds Kinora gets a card with the first steps, once."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import ANY

import pytest

from bot.domain.errors import KinoraError, Unavailable, Undeliverable
from bot.domain.money.usd import FREE
from bot.interaction_registry import InteractionRegistry
from bot.jobs.notices.first_cards import FirstCards
from bot.ui.publish.joining.first_cards import DiscordFirstCards, free_model, lacking_for_videos, writable
from bot.ui.screens.settings.joining import FirstCard
from cogs.joining import Joining
from tests.builders import NOON, WIDE, a_card, a_catalogue
from tests.scripted import MemoryRecords, SteppingClock

OLD, NEW = 1, 2
LATER = NOON + timedelta(hours=1)


@dataclass
class Servers:
    """The FirstCardChannel."""

    on: list[int] = field(default_factory=lambda: [OLD])
    troubles: list[KinoraError] = field(default_factory=list)
    posted: list[tuple[int, str]] = field(default_factory=list)
    lost: set[int] = field(default_factory=set)  # servers with a posted card that was never recorded
    joined: dict[int, datetime | None] = field(default_factory=lambda: {OLD: NOON - timedelta(days=1), NEW: LATER})

    def guilds(self) -> Collection[int]:
        return self.on

    def joined_at(self, guild_id: int) -> datetime | None:
        return self.joined[guild_id]

    async def post(self, guild_id: int, *, nonce: str) -> None:
        assert len(nonce) <= 25
        if self.troubles:
            raise self.troubles.pop(0)
        self.posted.append((guild_id, nonce))

    async def is_posted(self, guild_id: int, since: datetime) -> bool:
        assert since >= NOON
        return guild_id in self.lost


@dataclass(kw_only=True)
class Bot:
    servers: Servers
    records: MemoryRecords
    clock: SteppingClock

    @property
    def first_cards(self) -> FirstCards:
        """As after a restart: only stored facts are known."""
        return FirstCards(channel=self.servers, records=self.records, clock=self.clock)

    @property
    def greeted(self) -> list[int]:
        return [guild_id for guild_id, _ in self.servers.posted]


@pytest.fixture
async def bot() -> Bot:
    """Has run before, on one server."""
    started = Bot(servers=Servers(), records=MemoryRecords(), clock=SteppingClock())
    await started.first_cards.connected()
    return started


async def test_a_server_is_greeted_once_whatever_is_restarted(bot: Bot) -> None:
    await bot.first_cards.joined(NEW)
    bot.servers.on = [OLD, NEW]
    await bot.first_cards.connected()
    await bot.first_cards.joined(NEW)
    assert bot.greeted == [NEW]


async def test_who_joined_while_the_bot_was_away_is_greeted_at_the_start_and_who_comes_back_again(bot: Bot) -> None:
    bot.servers.on = [OLD, NEW]
    await bot.first_cards.connected()
    await bot.first_cards.left(NEW)
    await bot.first_cards.joined(NEW)
    assert bot.greeted == [NEW, NEW]


async def test_a_post_that_failed_is_tried_again_with_the_same_nonce(bot: Bot) -> None:
    bot.servers.troubles = [Unavailable("down")]
    await bot.first_cards.joined(NEW)
    assert bot.greeted == []
    await bot.first_cards.joined(NEW)
    await bot.first_cards.joined(NEW)
    assert bot.greeted == [NEW]


async def test_a_card_that_stood_before_a_crash_is_found(bot: Bot) -> None:
    bot.servers.troubles, bot.servers.lost = [Unavailable("down")], {NEW}
    await bot.first_cards.joined(NEW)
    bot.clock.forward(600)
    await bot.first_cards.joined(NEW)
    assert bot.greeted == []


async def test_a_server_that_takes_nothing_is_let_be(bot: Bot) -> None:
    bot.servers.troubles = [Undeliverable("no channel")]
    await bot.first_cards.joined(NEW)
    await bot.first_cards.joined(NEW)
    assert bot.greeted == []


async def test_a_server_that_discord_has_lost_is_asked_again_later() -> None:
    lost: Any = SimpleNamespace(get_guild=lambda _: SimpleNamespace(unavailable=True))
    channel = DiscordFirstCards(client=lost, catalogue=a_catalogue(), languages=ANY)
    with pytest.raises(Unavailable):
        await channel.post(NEW, nonce="n")


async def test_a_server_that_comes_late_is_greeted_unless_it_was_there_before(bot: Bot) -> None:
    cards = bot.first_cards
    cog = Joining(InteractionRegistry(), first_cards=cards, create_forms=ANY, catalogue=a_catalogue())
    late: Any = SimpleNamespace(id=NEW)
    await cog.on_guild_available(late)
    assert bot.greeted == []  # on_ready handles what arrived before READY
    await cog.on_ready()
    early: Any = SimpleNamespace(id=OLD)
    for guild in (late, early):
        await cog.on_guild_available(guild)
    assert bot.greeted == [NEW]


async def test_a_server_that_joins_during_the_first_start_of_all_is_greeted_and_no_other() -> None:
    bot = Bot(servers=Servers(on=[OLD, NEW]), records=MemoryRecords(), clock=SteppingClock())
    cog = Joining(InteractionRegistry(), first_cards=bot.first_cards, create_forms=ANY, catalogue=a_catalogue())
    late: list[Any] = [SimpleNamespace(id=OLD), SimpleNamespace(id=NEW)]
    await asyncio.gather(cog.on_ready(), *(cog.on_guild_available(each) for each in late))
    assert set(bot.greeted) == {NEW}


async def test_processes_with_shards_of_their_own_greet_no_server_from_before_the_first_start_of_all() -> None:
    records, clock = MemoryRecords(), SteppingClock()
    first, second = (Bot(servers=Servers(on=[server]), records=records, clock=clock) for server in (OLD, NEW))
    second.servers.joined[NEW] = NOON - timedelta(days=1)
    await first.first_cards.connected()
    clock.forward(600)
    await second.first_cards.connected()
    await second.first_cards.available(NEW)
    assert second.greeted == []


async def test_a_process_that_starts_days_after_the_others_greets_who_joined_meanwhile(bot: Bot) -> None:
    later = Bot(servers=Servers(on=[NEW]), records=bot.records, clock=bot.clock)
    await later.first_cards.connected()
    assert (bot.greeted, later.greeted) == ([], [NEW])


async def test_a_server_of_which_discord_has_not_told_yet_is_judged_once_it_has(bot: Bot) -> None:
    bot.servers.on, bot.servers.joined[NEW] = [OLD, NEW], None
    await bot.first_cards.connected()
    assert bot.greeted == []
    bot.servers.joined[NEW] = LATER
    await bot.first_cards.available(NEW)
    assert bot.greeted == [NEW]


def a_channel(name: str, **denied: bool) -> Any:
    held = {"view_channel": True, "send_messages": True, "attach_files": True, "read_message_history": True}
    channel = SimpleNamespace(name=name, permissions_for=lambda _: SimpleNamespace(**{**held, **denied}))
    channel.guild = SimpleNamespace(me=None)
    return channel


def test_the_card_goes_to_the_system_channel_or_the_first_that_takes_it() -> None:
    closed, general = a_channel("closed", send_messages=False), a_channel("general")
    guild: Any = SimpleNamespace(me=None, system_channel=closed, text_channels=[closed, general])
    assert [channel.name for channel in writable(guild)] == ["general"]
    guild.system_channel = a_channel("system")
    assert next(writable(guild)).name == "system"
    assert lacking_for_videos(a_channel("general", attach_files=False)) == ["Attach Files"]


def test_the_card_names_what_is_missing_and_offers_a_free_video_where_there_is_one() -> None:
    free = a_card(id="wan", label="Wan", sizes=(WIDE,), per_second={WIDE: FREE})
    assert free_model(a_catalogue()) is None
    assert free_model(a_catalogue(a_card(), free)) == free
    shown: Any = FirstCard(["Attach Files"], free=True)
    text = str(shown.to_components())
    assert "Kinora lacks Attach Files" in text
    assert "Free test video" in text
    plain: Any = FirstCard()
    assert "Free test video" not in str(plain.to_components())
