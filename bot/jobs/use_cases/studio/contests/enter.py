"""Members hand in videos of their own, and take them out again."""

from __future__ import annotations

from collections.abc import Sequence

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.access.rules import NO_VIDEO_HERE
from bot.domain.errors import BadRequest, NotFound
from bot.domain.history import Cursor, HistoryFilter
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Message, Moment, MomentStyle, VideoId, msg, msg_n
from bot.domain.phases import Done
from bot.domain.ports.jobs import JobQueries
from bot.domain.ports.studio.contests import EntryResult
from bot.domain.studio.contests.contest import Contest, ContestId
from bot.domain.studio.library import Reader, VideoFilter, VideoLibrary, VideoPage
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.moderation.venues import ChannelVenues
from bot.jobs.use_cases.studio.contests.known import KnownContests

MOST_OFFERED = 25  # videos at once; options of a menu
CLOSED = msg("This contest takes no more videos. Nothing was changed.")
FULL = msg("This contest is full. Nothing was changed.")
TOO_LATE = msg("This contest is over, so its videos stay. Nothing was changed.")


@value_object
class EntryChoices:
    """What a member is shown before they hand something in.

    `own`: what they have in it. `refusal`: why they may make no videos, if so and if there is none to hand in.
    """

    contest: Contest
    own: Sequence[Job]
    offered: VideoPage
    refusal: Message | None = None


@wired
class EnterContests:
    """Raises NotAllowed, NotFound and BadRequest."""

    known: KnownContests
    queries: JobQueries
    library: VideoLibrary
    authorization: Authorization

    async def choices(self, member: Member, contest_id: ContestId, cursor: Cursor | None = None) -> EntryChoices:
        """Their finished videos that are not private, newest first."""
        contest = await self.known.get(member, contest_id)
        wanted = VideoFilter(
            owner_id=member.id,
            state=HistoryFilter.FINISHED,
            since=contest.started_at if contest.rules.newer_only else None,
            open_only=True,
        )
        page = await self.library.page(member.guild_id, wanted, Reader(member_id=member.id), cursor, MOST_OFFERED)
        entries = await self.known.store.entries(contest_id)
        own = [job for job in entries if job.owner_id == member.id]
        refusal = None if own or page.jobs else await self.authorization.refusal(member)
        return EntryChoices(contest=contest, own=own, offered=page, refusal=refusal)

    async def check_may(self, member: Member) -> None:
        await self.authorization.authorize(member, Act.ENTER)

    async def enter(self, member: Member, contest_id: ContestId, job_id: JobId, channels: ChannelVenues) -> Contest:
        """`channels` says whether the video may be shown where the contest is."""
        await self.check_may(member)
        contest = await self.known.get(member, contest_id)
        job = await self._own(member, job_id)
        _check_fits(contest, job)
        venue = await channels.of(contest.guild_id, contest.channel_id)
        await self.authorization.venues.check(member.guild_id, job_id, venue)
        result = await self.known.store.enter(contest_id, job, self.known.clock.now())
        if result is not EntryResult.ENTERED:
            raise BadRequest(_refusal(result, contest, job))
        self.known.news.set()
        return contest

    async def withdraw(self, member: Member, contest_id: ContestId, job_id: JobId) -> None:
        """Whoever handed it in may, also when they are blocked by now."""
        await self.known.get(member, contest_id)
        await self._own(member, job_id)
        if not await self.known.store.withdraw(contest_id, job_id, self.known.clock.now()):
            raise BadRequest(TOO_LATE)
        self.known.news.set()

    async def _own(self, member: Member, job_id: JobId) -> Job:
        job = await self.queries.get(job_id)
        if job is None or job.owner_id != member.id or job.guild_id != member.guild_id:
            raise NotFound(NO_VIDEO_HERE)
        return job


def _check_fits(contest: Contest, job: Job) -> None:
    if job.private:
        raise BadRequest(msg("{video} is private, so nobody could vote for it. Nothing was changed.", video=_id(job)))
    if job.video is None or not isinstance(job.phase, Done):
        raise BadRequest(msg("{video} isn't a finished video. Nothing was changed.", video=_id(job)))
    if contest.rules.newer_only and job.created_at < contest.started_at:
        raise BadRequest(
            msg(
                "{video} was ordered before this contest began on {day}, and it takes newer videos only. "
                "Nothing was changed.",
                video=_id(job),
                day=Moment(contest.started_at, MomentStyle.DAY),
            )
        )


def _refusal(result: EntryResult, contest: Contest, job: Job) -> Message:
    match result:
        case EntryResult.IN_ALREADY:
            return msg("{video} is in this contest already. Nothing was changed.", video=_id(job))
        case EntryResult.NOT_KEPT:
            return msg("{video} isn't a finished video. Nothing was changed.", video=_id(job))
        case EntryResult.OWN_LIMIT:
            return msg_n(
                "You can have {count} video in this contest. Withdraw it first. Nothing was changed.",
                "You can have {count} videos in this contest. Withdraw one first. Nothing was changed.",
                contest.rules.entries_each,
            )
        case EntryResult.FULL:
            return FULL
        case _:
            return CLOSED


def _id(job: Job) -> VideoId:
    return VideoId(job.id)
