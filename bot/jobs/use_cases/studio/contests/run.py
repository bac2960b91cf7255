"""Managers start contests, change when they end, end and cancel them."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable
from datetime import datetime

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.audit.changes import SettingChange
from bot.domain.errors import BadRequest, Unavailable, Undeliverable
from bot.domain.messages import Count, Foreign, Message, Moment, MomentStyle, joined, msg
from bot.domain.ports.guilds import GuildStore
from bot.domain.studio.contests.contest import (
    LONGEST_THEME,
    MOST_EACH,
    MOST_ENTRIES,
    MOST_OPEN,
    MOST_VOTES,
    USUAL_ENTRIES,
    Contest,
    ContestId,
    ContestRules,
    ContestTimes,
)
from bot.domain.studio.contests.deadlines import read_deadline
from bot.domain.texts.names import tidied
from bot.domain.texts.numbers import whole_number
from bot.jobs.upkeep import SOONEST
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.studio.contests.known import KnownContests
from bot.jobs.use_cases.studio.contests.step import ContestSteps

NO_THEME = msg("A contest needs a theme. Nothing was started.")
NOTHING_STARTED = msg("Nothing was started.")
ORDER = msg("Voting can't end before the deadline. Nothing was changed.")
NO_TIME = msg("Write at least one of the two times. Nothing was changed.")
IS_OVER = msg("This contest is over. Nothing was changed.")
RUNNING, CANCELLED, ENDED = msg("running"), msg("cancelled"), msg("ended early")


@value_object
class ContestPlan:
    """A contest as it was typed. Without an end of the voting, votes are cast until the deadline."""

    channel_id: int
    theme: str
    deadline: str
    voting_ends: str = ""
    entries_each: str = "1"
    most_entries: str = str(USUAL_ENTRIES)
    votes_each: int = 1
    newer_only: bool = True


@wired
class RunContests:
    """For managers alone. Raises NotAllowed, NotFound and BadRequest."""

    known: KnownContests
    steps: ContestSteps
    authorization: Authorization
    guilds: GuildStore
    changes: SettingChanges

    async def check_may(self, member: Member) -> None:
        await self.authorization.authorize(member, Act.RUN_CONTESTS)

    async def get(self, member: Member, contest_id: ContestId) -> Contest:
        """For who wants to change it."""
        await self.check_may(member)
        return await self.known.get(member, contest_id)

    async def start(self, member: Member, plan: ContestPlan) -> Contest:
        """Its card is posted, unless Discord cannot be asked just now: then soon. BadRequest where it is not taken."""
        await self.check_may(member)
        now = self.known.clock.now()
        contest = Contest(
            id=ContestId(secrets.token_hex(8)),
            guild_id=member.guild_id,
            channel_id=plan.channel_id,
            theme=_theme(plan.theme),
            rules=_rules(plan),
            times=await self._times(member, plan.deadline, plan.voting_ends),
            started_at=now,
        )
        work = await self.known.store.start(contest, *self.steps.hold(now))
        if work is None:
            raise BadRequest(
                msg(
                    "{most} contests are open here, the most there can be. Nothing was started.",
                    most=Count(MOST_OPEN),
                )
            )
        try:
            await self.steps.post(work)
        except Undeliverable as no:
            await self.steps.store.drop(work)
            raise BadRequest(joined(no.message, NOTHING_STARTED)) from no
        except Unavailable:
            await self.steps.store.release(work, now + SOONEST)
        await self._note(member, contest, None, RUNNING)
        return contest

    async def change_times(self, member: Member, contest_id: ContestId, deadline: str, voting_ends: str) -> Contest:
        """What is left empty stays as it is."""
        before = await self.get(member, contest_id)
        if not deadline.strip() and not voting_ends.strip():
            raise BadRequest(NO_TIME)
        times = await self._times(member, deadline, voting_ends, before.times)
        after = await self._changed(self.known.store.set_times(contest_id, times, self.known.clock.now()))
        await self._note(member, after, until(before.times), until(after.times))
        return after

    async def end(self, member: Member, contest_id: ContestId) -> Contest:
        """The votes so far are counted."""
        before, now = await self.get(member, contest_id), self.known.clock.now()
        times = ContestTimes(enter_until=min(before.times.enter_until, now), vote_until=now)
        after = await self._changed(self.known.store.set_times(contest_id, times, now))
        await self._note(member, after, RUNNING, ENDED)
        return after

    async def cancel(self, member: Member, contest_id: ContestId) -> Contest:
        """Nobody wins."""
        await self.get(member, contest_id)
        after = await self._changed(self.known.store.cancel(contest_id, self.known.clock.now()))
        await self._note(member, after, RUNNING, CANCELLED)
        return after

    async def _changed(self, change: Awaitable[Contest | None]) -> Contest:
        after = await change
        if after is None:
            raise BadRequest(IS_OVER)
        self.known.news.set()
        return after

    async def _times(
        self, member: Member, deadline: str, voting_ends: str, before: ContestTimes | None = None
    ) -> ContestTimes:
        calendar = (await self.guilds.guild_settings(member.guild_id)).calendar
        now = self.known.clock.now()
        keeps_deadline = before is not None and not deadline.strip()
        enter_until = before.enter_until if before and keeps_deadline else read_deadline(deadline, now, calendar)
        vote_until = before.vote_until if before and before.has_voting_of_its_own else enter_until
        if voting_ends.strip():
            vote_until = read_deadline(voting_ends, now, calendar)
        if vote_until < enter_until:
            raise BadRequest(ORDER)
        return ContestTimes(enter_until=enter_until, vote_until=vote_until)

    async def _note(self, member: Member, contest: Contest, before: Message | None, after: Message) -> None:
        what = msg("the contest “{theme}”", theme=Foreign(contest.theme))
        await self.changes.note(SettingChange.of(member, what, before, after))


def until(times: ContestTimes) -> Message:
    entering = msg("until {when}", when=_moment(times.enter_until))
    if not times.has_voting_of_its_own:
        return entering
    return joined(entering, msg("votes until {when}", when=_moment(times.vote_until)), by=", ")


def _moment(at: datetime) -> Message:
    return Message("{day} {time}", {"day": Moment(at, MomentStyle.DAY), "time": Moment(at, MomentStyle.CLOCK)})


def _theme(typed: str) -> str:
    plain = tidied(typed, LONGEST_THEME)
    if not plain:
        raise BadRequest(NO_THEME)
    return plain


def _rules(plan: ContestPlan) -> ContestRules:
    entries_each = _number(plan.entries_each, MOST_EACH, msg("Videos of each member"))
    most_entries = _number(plan.most_entries, MOST_ENTRIES, msg("Videos in all"))
    return ContestRules(
        entries_each=min(entries_each, most_entries),
        votes_each=max(1, min(plan.votes_each, MOST_VOTES)),
        most_entries=most_entries,
        newer_only=plan.newer_only,
    )


def _number(typed: str, most: int, field: Message) -> int:
    number = whole_number(typed)
    if number is None or not 1 <= number <= most:
        raise BadRequest(
            msg("{field}: write a number from 1 to {most}. Nothing was started.", field=field, most=Count(most))
        )
    return number
