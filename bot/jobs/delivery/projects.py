"""Threads in which the remixes of one video continue.

What is ordered in the thread's channel or in the thread itself is posted there. What somebody orders in another channel
stays with the people who can read that channel.
"""

from __future__ import annotations

from typing import Protocol

from bot.data_classes import value_object, wired
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.ports.records import Record, Records

MOST_STEPS = 500  # from a remix to the first of its family


@value_object
class ProjectThread:
    """`channel_id` is the channel around it."""

    thread_id: int
    channel_id: int


@value_object
class ThreadProject:
    root: str  # the id of the first video of the family


PROJECT = Record("project of a family", ProjectThread)  # by the first video's id
IS_PROJECT = Record("project thread", ThreadProject)  # by the thread's id


class Orders(Protocol):
    async def get(self, job_id: JobId) -> Job | None: ...


@wired
class ProjectThreads:
    records: Records
    orders: Orders

    async def of(self, job: Job) -> ProjectThread | None:
        """That of its family."""
        return await self.records.read(PROJECT, await self.root_of(job))

    async def is_project(self, channel_id: int) -> bool:
        return await self.records.read(IS_PROJECT, str(channel_id)) is not None

    async def place_for(self, job: Job, results_channel: int | None = None) -> int | None:
        """The thread where a result is posted, given where it was ordered or where its server wants it; None for no
        thread.
        """
        if job.request.source is None or job.private:
            return None
        project = await self.of(job)
        return project.thread_id if project and project.channel_id in {job.channel_id, results_channel} else None

    async def root_of(self, job: Job) -> JobId:
        """The first video of its family, as far as known."""
        first, steps = job, 0
        while first.request.source is not None and steps < MOST_STEPS:
            before = await self.orders.get(first.request.source)
            if before is None:
                return first.request.source
            first, steps = before, steps + 1
        return first.id

    async def remember(self, root: JobId, project: ProjectThread) -> None:
        await self.records.write(IS_PROJECT, str(project.thread_id), ThreadProject(root=root))
        await self.records.write(PROJECT, root, project)

    async def forget(self, thread_id: int) -> None:
        """The thread is gone. A later thread of the family stays."""
        project = await self.records.read(IS_PROJECT, str(thread_id))
        if project is not None:
            await self.records.update(PROJECT, project.root, lambda known: _unless(known, thread_id))
            await self.records.update(IS_PROJECT, str(thread_id), lambda _: None)


def _unless(known: ProjectThread | None, thread_id: int) -> ProjectThread | None:
    return None if known is not None and known.thread_id == thread_id else known
