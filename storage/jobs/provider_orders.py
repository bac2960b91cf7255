"""What was ordered at a provider, to compare with what it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.accounts import service_of
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import AwaitingApproval, NeedsReview, Queued, Rendering, Submitting, Unknown, name_of
from bot.domain.ports.provider_orders import LostOrder, OpenOrder, SentOrder
from storage.db.database import Database
from storage.jobs.mapping import job_of, jobs_of
from storage.tables import AMBIGUOUS_STATES, REVIEW_STATES, is_open, jobs, spelled_out

BATCH = 500  # ids in one question: of too many, databases take none
RENDERING = (name_of(Rendering),)
WITHOUT_VIDEO = [name_of(kind) for kind in (Queued, AwaitingApproval, Submitting, Unknown, NeedsReview)]


@wired
class SqlProviderOrders:
    """The ProviderOrders."""

    database: Database

    async def without_video(self, provider: str) -> Sequence[OpenOrder]:
        return await self.database.read(lambda connection: _without_video(connection, provider))

    async def replaced(self, provider: str, since: datetime) -> Sequence[LostOrder]:
        return await self.database.read(lambda connection: _replaced(connection, provider, since))

    async def rendering(self, provider: str) -> Sequence[Job]:
        there = (is_open, spelled_out(jobs.c.state, RENDERING), jobs.c.provider == provider)

        async def read(connection: AsyncConnection) -> list[Job]:
            return jobs_of(await connection.execute(select(jobs).where(*there)))

        return await self.database.read(read)

    async def known(self, provider: str, remote_ids: Iterable[str]) -> frozenset[str]:
        asked, found = list(remote_ids), set[str]()
        for start in range(0, len(asked), BATCH):
            some = asked[start : start + BATCH]
            found |= await self.database.read(partial(_known, provider=provider, remote_ids=some))
        return frozenset(found)

    async def sent_since(self, provider: str, since: datetime) -> Sequence[SentOrder]:
        return await self.database.read(lambda connection: _sent_since(connection, provider, since))


async def _sent_since(connection: AsyncConnection, provider: str, since: datetime) -> list[SentOrder]:
    was_sent = or_(jobs.c.remote_id.is_not(None), jobs.c.state.in_([*AMBIGUOUS_STATES, *REVIEW_STATES]))
    which = select(jobs).where(jobs.c.provider == provider, jobs.c.created_at >= since, was_sent)
    rows = (await connection.execute(which.order_by(jobs.c.created_at, jobs.c.id))).all()
    found = [SentOrder(job=job, remote_id=row.remote_id) for row in rows if (job := job_of(row)) is not None]
    return [each for each in found if each.remote_id or not _was_never_sent(each.job)]


def _was_never_sent(job: Job) -> bool:
    return isinstance(job.phase, NeedsReview) and not job.phase.was_sent


async def _without_video(connection: AsyncConnection, provider: str) -> list[OpenOrder]:
    """The column `remote_id` does not help here: a job that is paid for again still remembers its first video."""
    which = select(jobs).where(jobs.c.provider == provider, jobs.c.state.in_(WITHOUT_VIDEO))
    found = jobs_of(await connection.execute(which.order_by(jobs.c.created_at, jobs.c.id)))
    open_ones = [job for job in found if not isinstance(job.phase, NeedsReview) or job.phase.nobody_knows]
    by_id = await _sources(connection, open_ones)
    return [OpenOrder(job=job, source=by_id.get(job.request.source)) for job in open_ones]


async def _sources(connection: AsyncConnection, remixes: Iterable[Job]) -> Mapping[JobId | None, Job]:
    remixed = {job.request.source for job in remixes if job.request.source is not None}
    sources = jobs_of(await connection.execute(select(jobs).where(jobs.c.id.in_(remixed)))) if remixed else []
    by_id: dict[JobId | None, Job] = {source.id: source for source in sources}
    return by_id


async def _replaced(connection: AsyncConnection, provider: str, since: datetime) -> list[LostOrder]:
    found = jobs_of(await connection.execute(select(jobs).where(jobs.c.replaced.is_not(None))))
    lost = [(job, each) for job in found for each in job.replaced if each.account == provider and each.sent_at >= since]
    if not lost:
        return []
    is_double = jobs.c.doubles.in_({job.id for job, _ in lost})
    rows = await connection.execute(select(jobs.c.doubles, jobs.c.created_at).where(is_double))
    turned_up = {(row.doubles, row.created_at) for row in rows}
    by_id = await _sources(connection, [job for job, _ in lost])
    return [
        LostOrder(job=job, source=by_id.get(job.request.source), replaced=each)
        for job, each in lost
        if (job.id, each.sent_at) not in turned_up
    ]


async def _known(connection: AsyncConnection, provider: str, remote_ids: Iterable[str]) -> frozenset[str]:
    """An own key may belong to the same account at the service as another one, or as the one of the settings."""
    service = service_of(provider)
    there = or_(jobs.c.provider == service, jobs.c.provider.startswith(f"{service}@", autoescape=True))
    ours = select(jobs.c.remote_id).where(there, jobs.c.remote_id.in_(list(remote_ids)))
    return frozenset((await connection.execute(ours)).scalars())
