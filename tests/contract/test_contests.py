"""Contests from the start to the winner: who may do what, what counts, and what happens only once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import BadRequest, NotAllowed, NotFound, Unavailable, Undeliverable
from bot.domain.messages import msg
from bot.domain.ports.studio.contests import EntryResult, VoteResult
from bot.domain.studio.contests.contest import MOST_OPEN, ContestId, ContestState, FinalCount
from bot.ui.publish.case_messages import DiscordCases
from storage.messages import MessageRows
from storage.own_data.members_rows import count_rows, remove_rows, remove_rows_about
from storage.studio.contests.store import touch
from storage.studio.contests.tables import entries
from tests.contract.contest_stage import (
    ANN_HERE,
    BEN_HERE,
    BLOCKED,
    LOUNGE,
    MANAGER,
    SAM_HERE,
    STRANGER,
    TIER_MEMBER,
    OpenVenues,
    a_contest_stage,
)
from tests.contract.databases import ANN, World

CLOSED = Undeliverable(msg("That channel doesn't take messages from me."))


WHO = {
    "a manager": (MANAGER, True, True),
    "a member": (BEN_HERE, False, True),
    "a member of a tier": (TIER_MEMBER, False, True),
    "who cannot read its channel": (STRANGER, False, False),
    "who is blocked": (BLOCKED, False, False),
    "who is on another server": (replace(SAM_HERE, guild_id=1), False, False),
}


async def test_who_may_run_a_contest_and_who_takes_part(world: World) -> None:
    """The owner of a video takes part like the others, and cannot vote for it."""
    stage = await a_contest_stage(world)
    contest = await stage.start()
    film = await stage.entered(contest)
    for who, (member, runs, takes_part) in WHO.items():
        own = await stage.a_film(member)
        assert await may(stage.enter.enter(member, contest.id, own.id, OpenVenues())) == takes_part, who
        assert await may(stage.votes.vote(member, contest.id, film.id)) == takes_part, who
        assert await may(stage.run.get(member, contest.id)) == runs, who
        if not runs:
            refused = (
                await may(stage.run.end(member, contest.id)),
                await may(stage.run.cancel(member, contest.id)),
                await may(stage.run.change_times(member, contest.id, "5 days", "")),
            )
            assert refused == (False, False, False), who
    assert (await stage.now(contest)).times == contest.times
    assert await stage.known.number_in(contest.id) == 4


async def may(act: Awaitable[object]) -> bool:
    try:
        await act
    except (NotAllowed, NotFound):
        return False
    return True


async def test_the_one_with_the_most_votes_wins_and_that_is_told_once(world: World) -> None:
    stage = await a_contest_stage(world)
    contest = await stage.start(entries_each="2")
    fox, owl, hare = (
        await stage.entered(contest),
        await stage.entered(contest, BEN_HERE),
        await stage.entered(contest, SAM_HERE),
    )
    await stage.after(seconds=10)
    assert [card.entries for card in stage.shown.cards] == [0, 3]
    for voter, film in ((BEN_HERE, fox), (SAM_HERE, fox), (ANN_HERE, hare)):
        assert await stage.votes.vote(voter, contest.id, film.id) is VoteResult.COUNTS
    await stage.after(days=3)
    await stage.after(minutes=5)
    await stage.another_process().look()
    (result,) = stage.shown.results
    assert [(each.job_id, each.place, each.votes) for each in result.standings] == [
        (fox.id, 1, 2),
        (hare.id, 2, 1),
        (owl.id, 3, 0),
    ]
    assert (await stage.now(contest)).counted == FinalCount(entries=3, winners=1)
    with pytest.raises(BadRequest, match="Voting has ended"):
        await stage.votes.vote(ANN_HERE, contest.id, owl.id)
    with pytest.raises(BadRequest, match="takes no more videos"):
        await stage.entered(contest)
    with pytest.raises(BadRequest, match="is over"):
        await stage.run.end(MANAGER, contest.id)


async def test_two_processes_tell_the_winner_once_and_a_dead_one_is_replaced(world: World) -> None:
    stage = await a_contest_stage(world)
    contest = await stage.start()
    await stage.entered(contest)
    await stage.after(days=4)
    assert len(stage.shown.results) == 1
    other = await stage.start(theme="Spring")
    world.clock.moment = other.times.vote_until
    await asyncio.gather(*(stage.another_process().look() for _ in range(3)))
    assert len(stage.shown.results) == 2
    third = await stage.start(theme="Summer")
    world.clock.moment = third.times.vote_until
    store = stage.worker.steps.store
    holder, until = stage.worker.steps.hold(world.clock.now())
    died = await store.claim(holder, world.clock.now(), until)
    assert died is not None
    await store.count(died, world.clock.now())  # and then it died, perhaps after posting
    await stage.after(seconds=30)
    assert len(stage.shown.results) == 2
    stage.shown.found = 777
    await stage.after(minutes=3)
    assert len(stage.shown.results) == 2
    assert (await stage.now(third)).result_id == 777
    assert not await store.note_result(died, 5)


async def test_a_single_vote_moves_and_none_goes_to_ones_own(world: World) -> None:
    stage = await a_contest_stage(world)
    contest = await stage.start()
    own, fox, owl = [await stage.entered(contest, who) for who in (ANN_HERE, BEN_HERE, SAM_HERE)]
    given = [await stage.votes.vote(ANN_HERE, contest.id, film.id) for film in (fox, owl, owl, owl)]
    assert given == [VoteResult.COUNTS, VoteResult.MOVED, VoteResult.TAKEN_BACK, VoteResult.COUNTS]
    with pytest.raises(BadRequest, match="can't vote for your own"):
        await stage.votes.vote(ANN_HERE, contest.id, own.id)
    ballot = await stage.votes.ballot(ANN_HERE, contest.id)
    assert ballot.votes == {owl.id}
    assert {job.id for job in ballot.entries} == {own.id, fox.id, owl.id}


async def test_of_several_votes_none_moves_by_itself(world: World) -> None:
    stage = await a_contest_stage(world)
    contest = await stage.start(votes_each=2, entries_each="3")
    films = [await stage.entered(contest, SAM_HERE) for _ in range(3)]
    for film in films[:2]:
        assert await stage.votes.vote(ANN_HERE, contest.id, film.id) is VoteResult.COUNTS
    with pytest.raises(BadRequest, match="You've used your 2 votes"):
        await stage.votes.vote(ANN_HERE, contest.id, films[2].id)
    await stage.deleted(films[0])
    assert await stage.votes.vote(ANN_HERE, contest.id, films[2].id) is VoteResult.COUNTS


async def test_what_may_be_handed_in(world: World) -> None:
    stage = await a_contest_stage(world)
    old = await stage.a_film()
    await stage.after(minutes=1)
    contest = await stage.start(entries_each="2", most_entries="3")
    film, secret, of_ben = await stage.a_film(), await stage.a_film(private=True), await stage.a_film(BEN_HERE)
    expired = await stage.a_film()
    await world.scribble(expired, expired_at=world.clock.now())
    offered = (await stage.enter.choices(ANN_HERE, contest.id)).offered
    assert [job.id for job in offered.jobs] == [film.id]
    for job, error, told in (
        (expired, BadRequest, "isn't a finished video"),
        (old, BadRequest, "takes newer videos only"),
        (secret, BadRequest, "is private"),
        (of_ben, NotFound, "no video with that id"),
    ):
        with pytest.raises(error, match=told):
            await stage.enter.enter(ANN_HERE, contest.id, job.id, OpenVenues())
    await stage.enter.enter(ANN_HERE, contest.id, film.id, OpenVenues())
    with pytest.raises(BadRequest, match="in this contest already"):
        await stage.enter.enter(ANN_HERE, contest.id, film.id, OpenVenues())
    second = await stage.entered(contest)
    with pytest.raises(BadRequest, match="You can have 2 videos"):
        await stage.entered(contest)
    await stage.enter.withdraw(ANN_HERE, contest.id, second.id)
    await stage.entered(contest, BEN_HERE)
    await stage.entered(contest, SAM_HERE)
    with pytest.raises(BadRequest, match="This contest is full"):
        await stage.entered(contest)
    anything = await stage.start(theme="Anything", newer_only=False)
    await stage.enter.enter(ANN_HERE, anything.id, old.id, OpenVenues())


async def test_a_video_that_its_server_keeps_no_longer_cannot_be_handed_in(world: World) -> None:
    """An existing entry stays: the message that shows it does."""
    stage = await a_contest_stage(world)
    contest = await stage.start(entries_each="2")
    film, gone = await stage.entered(contest), await stage.a_film()
    for job in (film, gone):
        await world.scribble(job, expired_at=world.clock.now())
    with pytest.raises(BadRequest, match="isn't a finished video"):
        await stage.enter.enter(ANN_HERE, contest.id, gone.id, OpenVenues())
    assert await stage.known.store.enter(contest.id, gone, world.clock.now()) is EntryResult.NOT_KEPT
    assert [job.id for job in await stage.known.store.entries(contest.id)] == [film.id]


async def test_voting_with_a_time_of_its_own_begins_at_the_deadline(world: World) -> None:
    stage = await a_contest_stage(world)
    contest = await stage.start(deadline="2 days", voting_ends="4 days")
    film = await stage.entered(contest)
    with pytest.raises(BadRequest, match="Voting begins once all videos are in"):
        await stage.votes.vote(BEN_HERE, contest.id, film.id)
    await stage.after(days=2)
    assert stage.shown.cards[-1].contest.takes_votes(world.clock.now())
    later = await stage.run.change_times(MANAGER, contest.id, "", "3 days")
    assert later.times.enter_until == contest.times.enter_until
    with pytest.raises(BadRequest, match="at least one of the two times"):
        await stage.run.change_times(MANAGER, contest.id, " ", "")
    owl = await stage.a_film(BEN_HERE)
    assert (await stage.enter.choices(BEN_HERE, contest.id)).own == []
    with pytest.raises(NotFound):
        await stage.enter.withdraw(ANN_HERE, contest.id, owl.id)
    with pytest.raises(BadRequest, match="takes no more videos"):
        await stage.entered(contest, BEN_HERE)
    assert await stage.votes.vote(BEN_HERE, contest.id, film.id) is VoteResult.COUNTS
    await stage.after(days=2)
    assert stage.shown.results == []
    await stage.after(days=1)
    assert [result.contest.id for result in stage.shown.results] == [contest.id]


async def test_what_is_deleted_leaves_a_contest_and_a_gap_once_it_has_won(world: World) -> None:
    stage = await a_contest_stage(world)
    contest = await stage.start()
    fox, owl, hare = [await stage.entered(contest, who) for who in (ANN_HERE, BEN_HERE, SAM_HERE)]
    await stage.votes.vote(SAM_HERE, contest.id, fox.id)
    await stage.votes.vote(ANN_HERE, contest.id, owl.id)
    await stage.deleted(hare)
    await stage.after(seconds=10)
    assert stage.shown.cards[-1].entries == 2
    with pytest.raises(BadRequest, match="isn't in the contest"):
        await stage.votes.vote(BEN_HERE, contest.id, hare.id)
    await stage.after(days=3)
    (result,) = stage.shown.results
    assert [(each.job_id, each.place) for each in result.standings] == sorted([(fox.id, 1), (owl.id, 1)])
    await stage.deleted(fox)
    await stage.after(seconds=1)
    again = stage.shown.redrawn[-1]
    assert {each.job_id: each.job is None for each in again.standings} == {fox.id: True, owl.id: False}
    assert again.contest.counted == result.contest.counted
    stage.shown.refuses = CLOSED
    await stage.deleted(owl)
    await stage.after(seconds=1)
    assert stage.shown.told == []
    assert len(stage.shown.results) == 1


async def test_the_result_is_drawn_anew_when_a_winner_is_covered(world: World) -> None:
    stage = await a_contest_stage(world)
    contest = await stage.start()
    fox = await stage.entered(contest)
    await stage.votes.vote(BEN_HERE, contest.id, fox.id)
    await stage.after(days=3)
    assert stage.shown.redrawn == []
    nothing: Any = None
    messages = MessageRows(database=world.database)
    cases = DiscordCases(client=nothing, browse=nothing, messages=messages, contests=stage.known, languages=nothing)
    await cases.cover(fox, covered=True)
    await stage.after(seconds=1)
    assert [[each.job_id for each in result.standings] for result in stage.shown.redrawn] == [[fox.id]]


async def test_who_is_erased_leaves_a_contest_with_their_votes(world: World) -> None:
    stage = await a_contest_stage(world)
    contest = await stage.start()
    film, owl = await stage.entered(contest), await stage.entered(contest, BEN_HERE)
    await stage.votes.vote(ANN_HERE, contest.id, owl.id)
    await stage.votes.vote(BEN_HERE, contest.id, film.id)
    await stage.after(seconds=10)
    assert await world.database.read(lambda connection: count_rows(connection, ANN)) == 2
    await world.database.write(lambda c: touch(c, entries.c.member_id == ANN, world.clock.now()))
    assert await world.database.write(lambda connection: remove_rows(connection, ANN)) == 2
    await world.database.write(lambda connection: remove_rows_about(connection, film.id))
    await stage.after(seconds=10)
    assert stage.shown.cards[-1].entries == 1
    assert (await stage.votes.ballot(BEN_HERE, contest.id)).votes == frozenset()


async def test_a_contest_is_ended_early_prolonged_or_cancelled(world: World) -> None:
    stage = await a_contest_stage(world)
    early, longer, off = [await stage.start(theme=theme) for theme in ("Early", "Longer", "Off")]
    await stage.entered(off)
    await stage.run.end(MANAGER, early.id)
    await stage.run.change_times(MANAGER, longer.id, "10 days", "")
    await stage.run.cancel(MANAGER, off.id)
    await stage.after(seconds=1)
    assert [result.contest.id for result in stage.shown.results] == [early.id]
    assert [card.contest.state for card in stage.shown.cards if card.contest.id == off.id][-1] is ContestState.CANCELLED
    await stage.after(days=5)
    assert len(stage.shown.results) == 1
    assert await stage.known.number_in(off.id) == 0
    await stage.after(days=5)
    assert [result.contest.id for result in stage.shown.results] == [early.id, longer.id]
    await stage.after(days=91)
    assert await stage.known.listed(MANAGER) == []


IMPOSSIBLE: Sequence[tuple[dict[str, str], str]] = (
    ({"deadline": "yesterday"}, "has passed"),
    ({"deadline": "10 years"}, "a year at most"),
    ({"deadline": "2036-11-23"}, "a year at most"),
    ({"deadline": "4 days", "voting_ends": "2 days"}, "can't end before the deadline"),
    ({"entries_each": "0"}, "Videos of each member: write a number from 1 to 10"),
    ({"most_entries": "many"}, "Videos in all: write a number from 1 to 100"),
    ({"most_entries": "101"}, "Videos in all: write a number from 1 to 100"),
    ({"theme": " \n "}, "needs a theme"),
)


async def test_what_cannot_be_is_said_and_starts_nothing(world: World) -> None:
    stage = await a_contest_stage(world)
    for plan, told in IMPOSSIBLE:
        with pytest.raises(BadRequest, match=rf"{told}.*Nothing was (changed|started)"):
            await stage.start(**plan)
    assert await stage.known.listed(MANAGER) == []
    assert stage.shown.cards == []


async def test_a_server_has_a_few_open_ones_at_most(world: World) -> None:
    stage = await a_contest_stage(world)
    first, *_ = [await stage.start(theme=f"No. {number}") for number in range(MOST_OPEN)]
    with pytest.raises(BadRequest, match="5 contests are open here"):
        await stage.start()
    await stage.run.cancel(MANAGER, first.id)
    await stage.start()


async def test_a_channel_that_takes_nothing_starts_no_contest(world: World) -> None:
    stage = await a_contest_stage(world)
    stage.shown.refuses = CLOSED
    with pytest.raises(BadRequest, match=r"doesn't take messages from me\. Nothing was started"):
        await stage.start()
    assert await stage.known.listed(MANAGER) == []
    stage.shown.refuses = Unavailable(msg("Discord is in trouble."))
    contest = await stage.start()
    stage.shown.refuses = None
    await stage.after(seconds=30)
    assert [card.contest.id for card in stage.shown.cards] == [contest.id]


async def test_a_channel_that_is_gone_is_told_once_and_the_result_is_in_the_list(world: World) -> None:
    stage = await a_contest_stage(world)
    contest = await stage.start()
    stage.shown.refuses = CLOSED
    for who in (ANN_HERE, BEN_HERE):
        await stage.entered(contest, who)
        await stage.after(seconds=10)
    (told,) = stage.shown.told
    assert "for the contest “Winter”" in told
    await stage.after(days=3)
    await stage.after(days=3)
    assert len(stage.shown.told) == 2
    assert "`/contest list` shows it" in stage.shown.told[-1]
    (listed,) = await stage.known.listed(MANAGER)
    assert len(listed.standings) == 2
    assert stage.shown.results == []


async def test_nobody_knows_of_a_contest_that_is_not_there(world: World) -> None:
    stage = await a_contest_stage(world)
    with pytest.raises(NotFound, match="no such contest"):
        await stage.known.get(MANAGER, ContestId("0" * 16))
    assert (await stage.start()).channel_id == LOUNGE
    assert await stage.known.taking_entries(STRANGER) == []
