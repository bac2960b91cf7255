"""What was ordered at a provider, for comparing with what it has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.job import Job
from bot.domain.phases import NeedsReview, Queued, Submitting, Unknown
from storage.db.database import Database
from storage.jobs.mapping import jobs_of
from storage.tables import jobs

WITHOUT_VIDEO = [phase.__name__.lower() for phase in (Queued, Submitting, Unknown, NeedsReview)]


@dataclass(frozen=True, kw_only=True)
class SqlProviderOrders:
    """The ProviderOrders."""

    database: Database

    async def without_video(self, provider: str) -> Sequence[Job]:
        return await self.database.read(lambda connection: _without_video(connection, provider))

    async def known(self, provider: str, remote_ids: Iterable[str]) -> frozenset[str]:
        asked = list(remote_ids)
        return await self.database.read(lambda connection: _known(connection, provider, asked))


async def _without_video(connection: AsyncConnection, provider: str) -> list[Job]:
    """The column `remote_id` does not help here: a job that is paid again still remembers its first video."""
    which = select(jobs).where(jobs.c.provider == provider, jobs.c.state.in_(WITHOUT_VIDEO))
    found = jobs_of(await connection.execute(which.order_by(jobs.c.created_at, jobs.c.id)))
    return [job for job in found if not isinstance(job.phase, NeedsReview) or job.phase.nobody_knows]


async def _known(connection: AsyncConnection, provider: str, remote_ids: Iterable[str]) -> frozenset[str]:
    ours = select(jobs.c.remote_id).where(jobs.c.provider == provider, jobs.c.remote_id.in_(list(remote_ids)))
    return frozenset((await connection.execute(ours)).scalars())
