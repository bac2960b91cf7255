"""What a look at a render writes that found nothing new to tell: by far the most frequent write, in one statement."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Update, and_, bindparam, case, null, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import MovedOn
from bot.domain.job import Job, Lease
from bot.domain.money.usd import Usd
from bot.domain.phases import Rendering, name_of
from bot.domain.ports.clock import Clock
from storage.db.json_types import LenientJson
from storage.db.time_types import UtcDateTime, present
from storage.jobs.mapping import phase_columns, seen_column
from storage.tables import jobs


def stays(lease: Lease, job: Job) -> bool:
    """Whether a step leaves a render what it is: then nothing of its money, its sums or its webhooks changes."""
    before, after = lease.job.phase, job.phase
    return (
        isinstance(before, Rendering)
        and isinstance(after, Rendering)
        and (before.remote_id, lease.job.cost, lease.job.quote) == (after.remote_id, job.cost, job.quote)
    )


async def look_again(connection: AsyncConnection, clock: Clock, lease: Lease, job: Job, after: float) -> Lease:
    """Hand a render back until its next look. Raises MovedOn.

    A cancellation that was asked for during the look is seen to at once.
    """
    now = await present(connection, clock)
    written = await connection.execute(
        _look_again(),
        {
            "its_id": job.id,
            "its_epoch": lease.epoch,
            "its_state": name_of(job.phase),
            "its_detail": phase_columns(job)["detail"],
            "its_looks": seen_column(job),
            "is_asked": lease.job.cancel_asked_by is not None,
            "now": now,
            "then": now + timedelta(seconds=after),
        },
    )
    row = written.one_or_none()
    if row is None:
        raise MovedOn
    cost = None if row.cost is None else Usd(row.cost)
    found = replace(job, cancel_asked_by=row.cancel_asked_by, cost=cost, deleted=row.deleted, expired_at=row.expired_at)
    return Lease(job=found, epoch=lease.epoch, crashes=0)


@functools.cache
def _look_again() -> Update:
    """Built once: that takes longer than to execute it."""
    held = and_(
        jobs.c.id == bindparam("its_id"),
        jobs.c.lease_epoch == bindparam("its_epoch"),
        jobs.c.state == bindparam("its_state"),
        jobs.c.lease_owner.is_not(None),
    )
    newly_asked = and_(jobs.c.cancel_asked_by.is_not(None), bindparam("is_asked").is_(False))
    moments = [bindparam(name, type_=UtcDateTime()) for name in ("now", "then")]
    values = {
        "detail": bindparam("its_detail", type_=LenientJson()),
        "progress_seen": bindparam("its_looks", type_=LenientJson(none_as_null=True)),
        "next_at": case((newly_asked, moments[0]), else_=moments[1]),
        "lease_owner": null(),
        "lease_until": null(),
        "crashes": 0,
    }
    what_others_wrote = (jobs.c.cancel_asked_by, jobs.c.cost, jobs.c.deleted, jobs.c.expired_at)
    return update(jobs).where(held).values(values).returning(*what_others_wrote)
