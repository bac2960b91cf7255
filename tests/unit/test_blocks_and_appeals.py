"""Blocking members, and appeals: who may, until when, what stops, who is notified."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import AgainstRules, BadRequest, NotAllowed
from bot.domain.guild import AccessPolicy
from bot.domain.moderation.refusals import ModerationDecision
from bot.domain.phases import AwaitingApproval, Cancelled, Done, Saving
from bot.domain.ports.provider import Ready, Waiting
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.moderation.appeals import Appeals
from bot.jobs.use_cases.moderation.blocks import BlockMembers, MemberBlocks
from bot.jobs.use_cases.moderation.cards import block_mark
from bot.jobs.use_cases.moderation.rules import GuildModeration
from bot.jobs.use_cases.moderation.screening import Screening
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.tiers import GuildTiers
from tests.builders import ANN, GUILD, MAX, SAM, a_catalogue, a_job, a_member
from tests.changes import MemoryChanges, some_changes
from tests.moderation import (
    RecordingLog,
    RecordingNews,
    a_screening,
    choose_log_channel,
    write_rules,
)
from tests.tiers import ScriptedGuilds
from tests.unit.test_screening import an_order
from tests.workbench import Bench, a_bench

SAM_MANAGES = a_member(id=SAM, manages=True)
TARGET = a_member(id=MAX)


@dataclass(kw_only=True)
class House:
    bench: Bench
    log: RecordingLog
    noted: MemoryChanges
    news: RecordingNews
    blocks: BlockMembers
    appeals: Appeals
    screening: Screening
    authorization: Authorization

    async def refused(self, member: Member, prompt: str = "a hound") -> str:
        with pytest.raises(AgainstRules) as no:
            await self.screening.check(member, an_order(prompt))
        assert no.value.refusal is not None
        return no.value.refusal

    async def told(self, member: Member) -> str | None:
        """The error for someone who wants to make a video, or None if they may."""
        try:
            await self.authorization.authorize(member, Act.MAKE)
        except NotAllowed as no:
            return no.sentence
        return None


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_bench(tmp_path) as bench:
        log, noted, news, records = RecordingLog(), MemoryChanges(), RecordingNews(), bench.records
        guilds: Any = ScriptedGuilds(opening=AccessPolicy.EVERYONE)
        changes, blocks = some_changes(noted, log), MemberBlocks(records=records, clock=bench.clock)
        block_members = BlockMembers(
            blocks=blocks,
            queue=bench.store,
            queries=bench.store,
            guilds=guilds,
            events=bench.context.events,
            changes=changes,
        )
        appeals = Appeals(
            moderation=GuildModeration(records=records, changes=changes, has_model=False),
            preferences=GuildPreferences(records=records, changes=changes),
            blocks=block_members,
            guilds=guilds,
            records=records,
            log=log,
            news=news,
            clock=bench.clock,
        )
        await choose_log_channel(records)
        await write_rules(records, words=("hound",))
        yield House(
            bench=bench,
            log=log,
            noted=noted,
            news=news,
            blocks=block_members,
            appeals=appeals,
            screening=a_screening(records=records, log=log, clock=bench.clock),
            authorization=Authorization(
                guilds=guilds,
                tiers=GuildTiers(records=records, changes=changes),
                catalogue=a_catalogue(),
                blocks=blocks,
                venues=VenueRules(preferences=GuildPreferences(records=records, changes=changes)),
            ),
        )


# Blocks


async def test_a_block_says_until_when_why_and_whom_to_ask_and_ends_by_itself(house: House) -> None:
    done = await house.blocks.block(SAM_MANAGES, TARGET, until="Wednesday", reason="spam,  spam")
    assert done.block.until == datetime(2026, 11, 26, tzinfo=UTC), "through that day"
    assert await house.told(TARGET) == (
        "You're blocked from making videos here until 26 November 2026 00:00 UTC, 26 November 2026 00:00 UTC. "
        f"Reason: “spam, spam”. Ask member {SAM} or another server manager. You weren't charged."
    )
    assert await house.told(a_member(id=ANN)) is None
    house.bench.clock.forward(3 * 86400)
    assert await house.told(TARGET) is None
    assert await house.blocks.blocks.of(GUILD) == []


async def test_a_block_for_good_holds_until_it_is_ended(house: House) -> None:
    await house.blocks.block(SAM_MANAGES, TARGET, until="", reason="")
    house.bench.clock.forward(400 * 86400)
    assert (await house.told(TARGET) or "").startswith("You're blocked from making videos here. Ask member")
    await house.blocks.unblock(SAM_MANAGES, MAX)
    assert await house.told(TARGET) is None
    assert [str(each.change.what) for each in house.noted.noted] == [f"the block of member {MAX}"] * 2
    with pytest.raises(BadRequest, match=r"isn't blocked any more\. Nothing was changed"):
        await house.blocks.unblock(SAM_MANAGES, MAX)


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("2026-11-22", "That day is over. Choose today or a later one. Nothing was changed."),
        ("9999-12-31", "That's too far ahead. Pick a day before 30 December 9999. Nothing was changed."),
        ("soon", "“soon” isn't a date. Write it like 3 Nov 2026 or 2026-11-03. Nothing was changed."),
        ("3/11", "“3/11” could be 3 November 2027 or 11 March 2027. Write the month as a word. Nothing was changed."),
    ],
)
async def test_a_date_that_cannot_be_is_one_sentence_and_blocks_nobody(house: House, until: str, told: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await house.blocks.block(SAM_MANAGES, TARGET, until=until, reason="")
    assert refused.value.sentence == told
    assert await house.told(TARGET) is None


async def test_waiting_orders_stop_free_of_charge_and_renders_go_on(house: House) -> None:
    bench = house.bench
    bench.provider.submits, bench.provider.looks = ["video_1", "video_2"], [Waiting(), Ready()]
    sent = await bench.order(a_job(owner_id=MAX))
    await bench.step()
    waiting, others = await bench.order(a_job(owner_id=MAX)), await bench.order(a_job(owner_id=ANN))
    asked = AwaitingApproval(since=bench.clock.now(), until=bench.clock.now() + timedelta(days=1))
    unapproved = await bench.order(a_job(asked, owner_id=MAX))
    done = await house.blocks.block(SAM_MANAGES, TARGET, until="", reason="")
    assert done.stopped == 2
    assert isinstance((await bench.job(waiting)).phase, Cancelled)
    assert isinstance((await bench.job(unapproved)).phase, Cancelled)
    assert not (await bench.job(others)).is_at_rest
    assert isinstance((await bench.run(sent)).phase, Done)


async def test_a_finished_video_that_is_being_fetched_is_not_asked_to_stop(house: House) -> None:
    bench = house.bench
    bench.provider.submits, bench.provider.looks = ["video_1"], [Ready()]
    paid = await bench.order(a_job(owner_id=MAX))
    await bench.step()
    await bench.step(forward=60)
    assert isinstance((await bench.job(paid)).phase, Saving)
    assert (await house.blocks.block(SAM_MANAGES, TARGET, until="", reason="")).stopped == 0
    assert (await bench.job(paid)).cancel_asked_by is None


async def test_managers_cannot_be_blocked(house: House) -> None:
    with pytest.raises(BadRequest, match="has Manage Server and could end the block"):
        await house.blocks.block(SAM_MANAGES, a_member(id=MAX, manages=True), until="", reason="")
    await house.blocks.block(SAM_MANAGES, TARGET, until="", reason="")
    assert await house.told(a_member(id=MAX, manages=True)) is None, "who manages since then"


@pytest.mark.parametrize("member", [a_member(), a_member(roles=frozenset()), a_member(id=MAX)])
async def test_only_managers_block_unblock_and_decide(house: House, member: Member) -> None:
    refusal = await house.refused(TARGET)
    await house.appeals.appeal(TARGET, refusal, "please")
    with pytest.raises(NotAllowed):
        await house.blocks.block(member, TARGET, until="", reason="")
    with pytest.raises(NotAllowed):
        await house.blocks.unblock(member, MAX)
    with pytest.raises(NotAllowed):
        await house.appeals.decide(member, refusal, ModerationDecision.ALLOWED)
    with pytest.raises(NotAllowed):
        await house.appeals.keep_blocked(member, str(MAX))


# Appeals


async def test_an_appeal_is_a_card_and_its_member_is_told_what_came_of_it(house: House) -> None:
    refusal = await house.refused(TARGET)
    await house.appeals.appeal(TARGET, refusal, "it is a dog")
    assert house.log.said[-1].endswith("They say: it is a dog")
    assert house.log.buttons() == ["Allow once", "Keep refused", "Block…"]
    await house.appeals.decide(SAM_MANAGES, refusal, ModerationDecision.ALLOWED)
    assert house.news.told == [(MAX, "Your appeal was accepted: you can order that video once within 30 days.")]
    async with house.screening.passed(TARGET, an_order("a hound")):
        pass
    await house.refused(TARGET)


async def test_of_two_decisions_at_one_moment_the_first_counts(house: House) -> None:
    refusal = await house.refused(TARGET)
    await house.appeals.appeal(TARGET, refusal, "it is a dog")
    await house.appeals.decide(SAM_MANAGES, refusal, ModerationDecision.KEPT)
    with pytest.raises(BadRequest, match=r"already decided this\. Nothing was changed"):
        await house.appeals.decide(SAM_MANAGES, refusal, ModerationDecision.ALLOWED)
    assert house.news.told == [(MAX, "Managers looked at your appeal: that order stays refused.")]
    with pytest.raises(AgainstRules) as no:
        await house.screening.check(TARGET, an_order("a hound"))
    assert no.value.refusal is None, "it cannot be appealed twice"


async def test_an_appeal_is_not_dismissed_on_the_card_from_before(house: House) -> None:
    refusal = await house.refused(TARGET)
    await house.appeals.appeal(TARGET, refusal, "it is a dog")
    with pytest.raises(BadRequest, match="has been appealed"):
        await house.appeals.decide(SAM_MANAGES, refusal, ModerationDecision.DISMISSED)
    await house.appeals.decide(SAM_MANAGES, refusal, ModerationDecision.ALLOWED)


async def test_a_dismissed_refusal_can_still_be_appealed(house: House) -> None:
    refusal = await house.refused(TARGET)
    await house.appeals.decide(SAM_MANAGES, refusal, ModerationDecision.DISMISSED)
    await house.appeals.appeal(TARGET, refusal, "it is a dog")
    assert house.log.buttons() == ["Allow once", "Keep refused", "Block…"]
    assert house.news.told == []


async def test_appeals_are_counted_by_the_day(house: House) -> None:
    first, second = await house.refused(TARGET), await house.refused(TARGET, "two hound")
    await house.appeals.appeal(TARGET, first, "please")
    with pytest.raises(BadRequest, match=r"appeal once a day here\. Try again tomorrow"):
        await house.appeals.appeal(TARGET, second, "please")
    with pytest.raises(BadRequest, match="appealed this already"):
        await house.appeals.appeal(TARGET, first, "please")
    house.bench.clock.forward(12 * 3600)
    await house.appeals.appeal(TARGET, second, "please")


@pytest.mark.parametrize(
    ("words", "member", "told"),
    [
        ("  ", TARGET, "Say in a few words why it should be allowed. Nothing was sent."),
        ("please", a_member(id=ANN), "That order is too old to appeal. Order it again."),
        ("please", a_member(id=MAX, guild_id=GUILD + 1), "That order is too old to appeal. Order it again."),
    ],
)
async def test_an_appeal_that_cannot_be_is_one_sentence(house: House, words: str, member: Member, told: str) -> None:
    refusal = await house.refused(TARGET)
    with pytest.raises(BadRequest) as no:
        await house.appeals.appeal(member, refusal, words)
    assert no.value.sentence == told
    assert len(house.log.cards) == 1, "the refusal alone"


async def test_a_blocked_member_appeals_once_and_is_told(house: House) -> None:
    await house.blocks.block(SAM_MANAGES, TARGET, until="Friday", reason="spam")
    await house.appeals.appeal_block(TARGET, "sorry")
    assert house.log.said[-1].endswith("Reason: spam\nThey say: sorry")
    assert house.log.buttons() == ["Unblock", "Keep blocked"]
    with pytest.raises(BadRequest, match="appealed against this block already"):
        await house.appeals.appeal_block(TARGET, "sorry!")
    await house.appeals.keep_blocked(SAM_MANAGES, str(MAX))
    assert await house.told(TARGET) is not None
    await house.appeals.unblock(SAM_MANAGES, str(MAX))
    assert await house.told(TARGET) is None
    assert [words for _, words in house.news.told] == [
        "Managers looked at your appeal: you stay blocked.",
        "Your appeal was accepted: you can make videos again.",
    ]
    with pytest.raises(BadRequest, match="aren't blocked here any more"):
        await house.appeals.appeal_block(TARGET, "sorry")


async def test_the_card_of_an_earlier_block_decides_about_no_newer_one(house: House) -> None:
    await house.blocks.block(SAM_MANAGES, TARGET, until="", reason="spam")
    earlier = block_mark(await house.appeals.appeal_block(TARGET, "sorry"))
    house.bench.clock.forward(60)
    newer = (await house.blocks.block(SAM_MANAGES, TARGET, until="", reason="again")).block
    for decide in (house.appeals.unblock, house.appeals.keep_blocked):
        with pytest.raises(BadRequest, match="has already decided this"):
            await decide(SAM_MANAGES, earlier)
    assert await house.told(TARGET) is not None
    await house.appeals.unblock(SAM_MANAGES, block_mark(newer))
    assert await house.told(TARGET) is None


async def test_of_two_appeals_at_one_moment_one_is_made(house: House) -> None:
    await write_rules(house.bench.records, words=("hound",), appeals_a_day=2)
    refusal = await house.refused(TARGET)
    tries = [house.appeals.appeal(TARGET, refusal, words) for words in ("please", "please, please")]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each) for each in outcomes].count(BadRequest) == 1
