"""Contests as members may know them, and who is woken when one has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import field

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.errors import NotFound
from bot.domain.ids import JobId
from bot.domain.messages import msg
from bot.domain.ports.clock import Clock
from bot.domain.ports.studio.contests import ContestStore
from bot.domain.studio.contests.contest import Contest, ContestId, ContestState
from bot.domain.studio.contests.outcome import ContestPlace

NO_CONTEST = msg("There's no such contest here. `/contest list` shows them all.")
MOST_LISTED = 10


@value_object
class ListedContest:
    """`entries`: how many count. `standings` of one that is over: what is still known of its places."""

    contest: Contest
    entries: int
    standings: Sequence[ContestPlace] = ()


@wired
class KnownContests:
    """A contest is known to whoever can read its channel. `news` is set when there is work."""

    store: ContestStore
    clock: Clock
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def get(self, member: Member, contest_id: ContestId) -> Contest:
        """Raises NotFound, with the same words for none and for one that is not theirs to see."""
        found = await self.store.get(contest_id)
        if found is None or not _knows(member, found):
            raise NotFound(NO_CONTEST)
        return found

    async def taking_entries(self, member: Member) -> Sequence[Contest]:
        """Those that take videos now."""
        now = self.clock.now()
        return [each for each in await self._of_guild(member) if each.takes_entries(now)]

    async def listed(self, member: Member) -> Sequence[ListedContest]:
        """Open ones, then those that ended last."""
        found = await self._of_guild(member)
        counts = await self.store.counts([each.id for each in found])
        return [
            ListedContest(contest=each, entries=counts[each.id], standings=await self._standings(each))
            for each in found
        ]

    async def _of_guild(self, member: Member) -> Sequence[Contest]:
        return [each for each in await self.store.of_guild(member.guild_id, MOST_LISTED) if _knows(member, each)]

    async def _standings(self, contest: Contest) -> Sequence[ContestPlace]:
        return await self.store.standings(contest.id) if contest.state is ContestState.OVER else ()

    async def number_in(self, contest_id: ContestId) -> int:
        counts: Mapping[ContestId, int] = await self.store.counts([contest_id])
        return counts[contest_id]

    async def redraw(self, job_ids: Sequence[JobId]) -> None:
        """What shows these videos is drawn as they are now: without them, or covered."""
        await self.store.touch(job_ids, self.clock.now())
        self.news.set()


def _knows(member: Member, contest: Contest) -> bool:
    is_theirs = contest.guild_id == member.guild_id
    return is_theirs and (member.manages or member.channels.sees(contest.channel_id))
