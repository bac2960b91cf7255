"""Changes are recorded and reported in the log channel, whatever happens to the card there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.domain.audit.changes import SettingChange
from bot.domain.audit.log_channel import LogButton, LogCard, LogTone
from bot.domain.errors import KinoraError, NotAllowed, Unavailable, Undeliverable
from bot.domain.guild import GuildOptions
from bot.domain.messages import Money, msg, value
from bot.domain.money.usd import Usd
from bot.jobs.notices.log_posting import MOST_WAITING, LogPoster
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.jobs.use_cases.guild import OPTIONS, GuildPreferences
from bot.ui.publish.log_messages import LogMessage
from bot.ui.text.render import render
from tests.builders import ANN, GUILD, a_member
from tests.changes import MemoryChanges, some_changes
from tests.scripted import MemoryRecords

LOG, ELSEWHERE = 77, GUILD + 1
CARD = LogCard(body=msg("Something happened."))


@dataclass
class RecordedLog:
    """The LogChannel."""

    troubles: list[KinoraError] = field(default_factory=list)  # raised by the next posts
    posted: list[tuple[int, LogCard, str]] = field(default_factory=list)
    nonces: list[str] = field(default_factory=list)  # of all attempts

    async def post(self, channel_id: int, card: LogCard, *, nonce: str) -> None:
        assert len(nonce) <= 25
        self.nonces.append(nonce)
        if self.troubles:
            raise self.troubles.pop(0)
        self.posted.append((channel_id, card, nonce))


@dataclass(kw_only=True)
class Office:
    records: MemoryRecords
    channel: RecordedLog
    poster: LogPoster
    store: MemoryChanges
    changes: SettingChanges

    async def posted(self) -> Sequence[LogCard]:
        await self.poster.settled()
        return [card for _, card, _ in self.channel.posted]

    async def chosen(self) -> int | None:
        return (await self.records.read(OPTIONS, str(GUILD)) or GuildOptions()).log_channel


@pytest.fixture
async def office() -> Office:
    records, channel, store = MemoryRecords(), RecordedLog(), MemoryChanges()
    await records.write(OPTIONS, str(GUILD), GuildOptions(keep_cards=True, log_channel=LOG))
    poster = LogPoster(pauses=(0.0, 0.0))
    changes = some_changes(store, poster)
    poster.open(channel, GuildPreferences(records=records, changes=changes))
    return Office(records=records, channel=channel, poster=poster, store=store, changes=changes)


def a_change(**differs: Any) -> SettingChange:
    before, after = (value(Money(Usd.of(dollars))) for dollars in (25, 40))
    change = {"guild_id": GUILD, "by": ANN, "what": msg("the month's budget"), "before": before, "after": after}
    return SettingChange(**{**change, **differs})


async def test_a_change_is_kept_and_told_of_with_who_made_it(office: Office) -> None:
    await office.changes.note(a_change())
    (card,) = await office.posted()
    assert render(card.body) == f"<@{ANN}> changed the month's budget: $25.00 → $40.00"
    page = await office.changes.page(a_member(manages=True))
    assert [noted.change for noted in page.changes] == [a_change()]


async def test_what_there_was_not_before_is_said_so(office: Office) -> None:
    await office.changes.note(a_change(by=None, before=None))
    (card,) = await office.posted()
    assert render(card.body) == "Kinora changed the month's budget: none → $40.00"


async def test_a_change_that_changed_nothing_is_none(office: Office) -> None:
    await office.changes.note(a_change(before=None, after=None))
    assert (await office.posted(), office.store.noted) == ([], [])


async def test_only_managers_leaf_through_changes(office: Office) -> None:
    with pytest.raises(NotAllowed):
        await office.changes.page(a_member(manages=False))


async def test_a_server_without_a_log_channel_is_posted_nothing(office: Office) -> None:
    await office.changes.note(a_change(guild_id=ELSEWHERE))
    assert (await office.posted(), len(office.store.noted)) == ([], 1)


async def test_cards_of_a_server_come_in_their_order_and_one_that_discord_is_slow_for_is_tried_again(
    office: Office,
) -> None:
    office.channel.troubles = [Unavailable("down"), Unavailable("down")]
    second = LogCard(body=msg("Something else happened."))
    office.poster.post(GUILD, CARD)
    office.poster.post(GUILD, second)
    assert await office.posted() == [CARD, second]
    assert len(set(office.channel.nonces)) == 2  # one per card, for all attempts


async def test_a_card_that_finds_no_way_is_left_out_and_the_next_one_is_posted(office: Office) -> None:
    office.channel.troubles = [Unavailable("down")] * 3
    office.poster.post(GUILD, LogCard(body=msg("lost")))
    office.poster.post(GUILD, CARD)
    assert await office.posted() == [CARD]


async def test_a_channel_that_takes_nothing_is_let_be_for_a_while_and_one_that_is_gone_is_forgotten(
    office: Office,
) -> None:
    office.channel.troubles = [Undeliverable("no right")]
    office.poster.post(GUILD, CARD)
    office.poster.post(GUILD, CARD)
    assert (await office.posted(), len(office.channel.nonces), await office.chosen()) == ([], 1, LOG)

    await office.records.write(OPTIONS, str(ELSEWHERE), GuildOptions(keep_cards=True, log_channel=LOG + 1))
    office.channel.troubles = [Undeliverable("gone", channel_gone=True)]
    office.poster.post(ELSEWHERE, CARD)
    await office.poster.settled()
    assert await office.records.read(OPTIONS, str(ELSEWHERE)) == GuildOptions(keep_cards=True)
    (forgotten,) = office.store.noted
    assert (forgotten.change.guild_id, forgotten.change.by) == (ELSEWHERE, None)


async def test_a_flood_is_cut_off(office: Office) -> None:
    for _ in range(MOST_WAITING + 5):
        office.poster.post(GUILD, CARD)
    assert len(await office.posted()) == MOST_WAITING


def test_a_card_has_its_buttons() -> None:
    lift = LogButton(verb="lift", about="5", label=msg("Lift the block"), danger=True)
    view = LogMessage(LogCard(title=msg("**Blocked**"), body=msg("Sam"), tone=LogTone.BAD, buttons=(lift,)))
    shown: Any = view
    (card,) = shown.to_components()
    assert card["components"][0]["content"] == "**Blocked**\nSam"
    button = card["components"][1]["components"][0]
    assert (button["custom_id"], button["label"], button["style"]) == ("k1:lift:5", "Lift the block", 4)


@pytest.mark.parametrize("trouble", [Unavailable("down"), Undeliverable("shut"), KinoraError("broken")])
async def test_whoever_has_to_be_sure_hears_whether_it_was_taken(office: Office, trouble: KinoraError) -> None:
    assert not await office.poster.tell(ELSEWHERE, CARD)
    office.channel.troubles = [trouble]
    assert not await office.poster.tell(GUILD, CARD)
    assert len(office.channel.nonces) == 1


async def test_what_is_told_is_posted_at_once(office: Office) -> None:
    assert await office.poster.tell(GUILD, CARD)
    assert [(channel, card) for channel, card, _ in office.channel.posted] == [(LOG, CARD)]
    assert not await LogPoster().tell(GUILD, CARD)  # not connected to Discord yet
