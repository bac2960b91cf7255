"""Private videos: whether somebody may watch one, and what others know of it. Asked by everything that shows videos."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_may_see, is_private, may_see, may_watch
from bot.domain.errors import NotAllowed
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Foreign, Message, Moment, Param, VideoId, joined, msg
from bot.domain.moderation.cases import TAKEN_DOWN, TakenDown
from bot.domain.phases import Cancelled, Failed, NeedsReview, Phase, Queued, Undelivered
from bot.domain.video import NO_OPTIONS
from bot.jobs.use_cases.guild import GuildPreferences

CONCEALED = ""  # in the place of a prompt; no order has an empty one
TELLING = 16  # characters of a prompt in a row that give it away


@wired
class PrivateVideos:
    preferences: GuildPreferences

    async def may_watch(self, member: Member, job: Job) -> bool:
        """Whether they may watch a video and read its prompt."""
        return await self.watchable(member, [job]) == [job]

    async def watchable(self, member: Member, jobs: Iterable[Job]) -> Sequence[Job]:
        """Those of the jobs that they may watch. What the server chose is read once, and only where it matters."""
        given = list(jobs)
        if all(may_watch(member, job) or not may_see(member, job) for job in given):
            return [job for job in given if may_watch(member, job)]
        options = await self.preferences.of(member.guild_id)
        return [job for job in given if may_watch(member, job, show_private=options.shows_private_of(job.created_at))]

    async def check(self, member: Member, job: Job | None) -> Job:
        """The job. NotFound unless they may see it, NotAllowed unless they may watch it, or when it was taken down."""
        seen = check_may_see(member, job)
        if not await self.may_watch(member, seen):
            raise NotAllowed(is_private(seen))
        if down := (await self.taken_down([seen])).get(seen.id):
            raise NotAllowed(was_taken_down(seen.id, down))
        return seen

    async def taken_down(self, jobs: Iterable[Job]) -> Mapping[JobId, TakenDown]:
        """Those of them that managers took down. Nothing is looked up where nothing was deleted."""
        gone = [job.id for job in jobs if job.deleted]
        found = await self.preferences.records.read_many(TAKEN_DOWN, gone) if gone else {}
        return {JobId(job_id): down for job_id, down in found.items()}

    async def as_known(self, member: Member, jobs: Iterable[Job]) -> Sequence[Job]:
        """Jobs that they may see, for showing only: without the words of those that they may not watch."""
        given = list(jobs)
        open_ones = {job.id for job in await self.watchable(member, given)}
        return [concealed(job) if job.private and job.id not in open_ones else job for job in given]


def was_taken_down(job_id: JobId, down: TakenDown) -> Message:
    """Said to who wants to see it, or to use it."""
    said = msg("{video} was taken down by managers {when}.", video=VideoId(job_id), when=Moment(down.at))
    return joined(said, msg("Reason: {reason}", reason=Foreign(down.reason)) if down.reason else None)


def concealed(job: Job) -> Job:
    """For showing only, never to be stored: without its words, and without its pictures and options."""
    request = replace(job.request, prompt=CONCEALED, picture=None, options=NO_OPTIONS)
    phase = job.phase
    for said in filter(None, (job.request.prompt, job.request.options.negative_prompt)):
        phase = _without(phase, said)
    return replace(job, request=request, phase=phase)


def _without(phase: Phase, prompt: str) -> Phase:
    """Services quote prompts when they complain about them."""
    match phase:
        case Failed() | NeedsReview() | Undelivered():
            return replace(phase, reason=_blotted(phase.reason, prompt))
        case Cancelled(reason=Message() as why):
            return replace(phase, reason=_blotted(why, prompt))
        case Queued(waits_for=Message() as why):
            return replace(phase, waits_for=_blotted(why, prompt))
        case _:
            return phase


def _blotted(message: Message, prompt: str) -> Message:
    blot = _blot_for(prompt)
    return replace(message, params={name: blot(param) for name, param in message.params.items()})


def _blot_for(prompt: str) -> Callable[[Param], Param]:
    def blot(param: Param) -> Param:
        match param:
            case Message():
                return _blotted(param, prompt)
            case Foreign(words) if _quotes(words, prompt):
                return Foreign("…")
            case _:
                return param

    return blot


def _quotes(words: str, prompt: str) -> bool:
    """Whether the words hold the prompt, or some part of it that is long enough."""
    said, secret = " ".join(words.casefold().split()), " ".join(prompt.casefold().split())
    parts = range(max(1, len(secret) - TELLING + 1))
    return any(secret[start : start + TELLING] in said for start in parts)
