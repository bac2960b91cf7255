"""Where a video came from, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import Kept
from bot.domain.ports.jobs import JobQueries
from bot.domain.studio.family import Family, Relative
from bot.domain.studio.visibility import Visibility
from bot.jobs.use_cases.private_videos import PrivateVideos

MOST = 500  # videos of one family that are looked up
MOST_BEFORE = 100  # of them, that a video came from


@dataclass(slots=True)
class _Gathered:
    """The videos found so far, oldest first, and the place of each."""

    jobs: list[Job] = field(default_factory=list)
    places: dict[JobId, int] = field(default_factory=dict)

    def add(self, job: Job) -> None:
        self.places[job.id] = len(self.jobs)
        self.jobs.append(job)


@wired
class Lineage:
    queries: JobQueries
    private_videos: PrivateVideos

    async def of(self, member: Member, job: Job) -> Family:
        """For who may watch the video. Of the others it says what they may know: those not theirs are only counted."""
        gathered, begins_earlier = await self._line(job)
        goes_on = await self._add_descendants(gathered)
        return Family(
            relatives=await self._relatives(member, gathered),
            asked=gathered.places[job.id],
            begins_earlier=begins_earlier,
            goes_on=goes_on,
        )

    async def before(self, member: Member, job: Job) -> Family:
        """Likewise, with those alone that it came from."""
        gathered, begins_earlier = await self._line(job)
        relatives = await self._relatives(member, gathered)
        return Family(relatives=relatives, asked=gathered.places[job.id], begins_earlier=begins_earlier)

    async def _line(self, job: Job) -> tuple[_Gathered, bool]:
        """From the oldest down to the video itself, and whether an older one was left out or cannot be read."""
        line = [job]
        while (source := line[-1].request.source) is not None and len(line) <= MOST_BEFORE:
            found = await self.queries.get(source)
            if found is None:
                break
            line.append(found)
        gathered = _Gathered()
        for each in reversed(line):
            gathered.add(each)
        return gathered, source is not None

    async def _add_descendants(self, gathered: _Gathered) -> bool:
        """A generation at a time, as far as there is room. Whether there are more."""
        parents = list(gathered.places)
        while parents:
            children = [job for job in await self.queries.remixes(parents) if _was_made(job)]
            new = [job for job in children if job.id not in gathered.places]
            room = MOST - len(gathered.jobs)
            for job in new[:room]:
                gathered.add(job)
            if len(new) > room:
                return True
            parents = [job.id for job in new]
        return False

    async def _relatives(self, member: Member, gathered: _Gathered) -> Sequence[Relative]:
        watched = {job.id for job in await self.private_videos.watchable(member, gathered.jobs)}
        return [
            Relative(
                job=job,
                parent=None if job.request.source is None else gathered.places.get(job.request.source),
                visibility=_visibility_of(job, may_watch=job.id in watched),
            )
            for job in gathered.jobs
        ]


def _was_made(job: Job) -> bool:
    """An order that came to nothing is no child of anything."""
    return isinstance(job.phase, Kept)


def _visibility_of(job: Job, *, may_watch: bool) -> Visibility:
    if job.owner_id == ERASED_MEMBER or (may_watch and job.video is None):
        return Visibility.DELETED
    return Visibility.SHOWN if may_watch else Visibility.HIDDEN
