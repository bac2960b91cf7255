"""Members look through what was handed in, and vote."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Message, Moment, MomentStyle, msg, msg_n
from bot.domain.ports.studio.contests import VoteResult
from bot.domain.studio.contests.contest import Contest, ContestId, ContestStage
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.studio.contests.known import KnownContests

OVER = msg("Voting has ended in this contest. Nothing was changed.")
GONE = msg("This video isn't in the contest any more. Nothing was changed.")
OWN = msg("You can't vote for your own video. Nothing was changed.")


@value_object
class Ballot:
    """What a voter is shown: all entries in an order of their own, so that no video is the first for everybody."""

    contest: Contest
    entries: Sequence[Job]
    votes: frozenset[JobId]


@wired
class VoteInContests:
    """Nobody is told how the votes stand before they are counted. Raises NotAllowed, NotFound and BadRequest."""

    known: KnownContests
    authorization: Authorization

    async def ballot(self, member: Member, contest_id: ContestId) -> Ballot:
        await self.authorization.authorize(member, Act.VOTE)
        contest = await self.known.get(member, contest_id)
        now = self.known.clock.now()
        if not contest.takes_votes(now):
            raise BadRequest(_closed(contest, contest.stage(now)))
        entries = sorted(await self.known.store.entries(contest_id), key=lambda job: _mixed(member, job))
        votes = await self.known.store.votes_of(contest_id, member.id)
        return Ballot(contest=contest, entries=entries, votes=votes)

    async def vote(self, member: Member, contest_id: ContestId, job_id: JobId) -> VoteResult:
        """What became of it; for a video they voted for, the vote is taken back."""
        await self.authorization.authorize(member, Act.VOTE)
        contest = await self.known.get(member, contest_id)
        now = self.known.clock.now()
        result = await self.known.store.vote(contest_id, member.id, job_id, now)
        match result:
            case VoteResult.CLOSED:
                raise BadRequest(_closed(contest, contest.stage(now)))
            case VoteResult.GONE:
                raise BadRequest(GONE)
            case VoteResult.OWN:
                raise BadRequest(OWN)
            case VoteResult.USED_UP:
                raise BadRequest(_used_up(contest))
            case _:
                return result


def _mixed(member: Member, job: Job) -> str:
    return hashlib.sha256(f"{member.id} {job.id}".encode()).hexdigest()


def _closed(contest: Contest, stage: ContestStage) -> Message:
    if stage is not ContestStage.ENTERING:
        return OVER
    begins = contest.times.enter_until
    return msg(
        "Voting begins once all videos are in: {day}, {time}.",
        day=Moment(begins, MomentStyle.DAY),
        time=Moment(begins, MomentStyle.CLOCK),
    )


def _used_up(contest: Contest) -> Message:
    return msg_n(
        "You've used your {count} vote. Take it back first. Nothing was changed.",
        "You've used your {count} votes. Take one back first. Nothing was changed.",
        contest.rules.votes_each,
    )
