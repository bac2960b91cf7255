"""The content of an event: a JSON object according to Standard Webhooks, with a type, a timestamp and data.

For a private video it says that there is one, whose it is, and what it cost, as managers see it: never its prompt or
its place. Names and forms of fields are a promise to receivers: fields may be added, but none is removed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from bot.data_classes import value_object
from bot.domain.ids import JobId, shown
from bot.domain.job import Job, PostedMessage
from bot.domain.money.amounts import written_usd
from bot.domain.money.costs import MonthSpending
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Failed, Phase, Undelivered, name_of
from bot.domain.webhooks.webhook import EventKind

LEVELS = (50, 80, 100)  # percent of a month's budget that are reported
ID_LETTERS = 26
FINISHED = frozenset({name_of(Done), name_of(Undelivered)})


@value_object
class Event:
    """`key` is the same whenever this very event is reported."""

    kind: EventKind
    key: str
    body: str
    guild_id: int
    member_id: int | None = None
    job_id: JobId | None = None

    def id_for(self, webhook_id: str) -> str:
        """The id that a webhook is told it with."""
        digest = hashlib.sha256(f"{webhook_id} {self.kind} {self.key}".encode()).digest()
        return f"msg_{base64.b32encode(digest).decode().lower()[:ID_LETTERS]}"


def kind_of_end(before: str, after: Phase) -> EventKind | None:
    """Which event it is if a job leaves the phase of this name for another one; None: none."""
    if isinstance(after, Failed):
        return None if before == name_of(after) else EventKind.FAILED
    return EventKind.COMPLETED if name_of(after) in FINISHED and before not in FINISHED else None


def end_of(kind: EventKind, job: Job, at: datetime, posted: PostedMessage | None) -> Event:
    """The event that a job ended like this."""
    data = {**_about(job), **(_failed(job) if kind is EventKind.FAILED else _finished(job, posted))}
    return Event(
        kind=kind,
        key=job.id,
        body=_body(kind, at, data),
        guild_id=job.guild_id,
        member_id=job.owner_id,
        job_id=job.id,
    )


def level_reached(before: Usd, now: MonthSpending) -> int | None:
    """The highest level that a month's budget has reached since this much of it was used; None: none."""
    budget = now.budget.micros
    reached = [each for each in LEVELS if before.micros * 100 < budget * each <= now.used.micros * 100]
    return max(reached, default=None) if budget > 0 else None


def budget_reached(guild_id: int, level: int, spending: MonthSpending, at: datetime) -> Event:
    kind = EventKind.BUDGET
    data = {
        "server_id": str(guild_id),
        "month": spending.month,
        "level_percent": level,
        "budget_usd": written_usd(spending.budget),
        "spent_usd": written_usd(spending.spent),
        "reserved_usd": written_usd(spending.reserved),
    }
    key = f"{guild_id} {spending.month} {spending.budget.micros} {level}"
    return Event(kind=kind, key=key, body=_body(kind, at, data), guild_id=guild_id)


def test_body(guild_id: int, at: datetime) -> str:
    return _body(EventKind.TEST, at, {"server_id": str(guild_id)})


def _about(job: Job) -> dict[str, object]:
    request = job.request
    return {
        "server_id": str(job.guild_id),
        "member_id": str(job.owner_id),
        "video": shown(job.id),
        "private": job.private,
        "mode": request.mode.value,
        "source": None if request.source is None else shown(request.source),
        "model": request.model,
        "seconds": request.seconds,
        "size": str(request.size),
        "prompt": None if job.private or job.deleted else request.prompt,
        "cost_usd": None if job.cost is None else written_usd(job.cost),
        "ordered_at": job.created_at.isoformat(),
    }


def _finished(job: Job, posted: PostedMessage | None) -> dict[str, object]:
    is_known = posted is not None and not job.private and not posted.direct
    return {
        "posted": not isinstance(job.phase, Undelivered),
        "message_url": posted.address(job.guild_id) if posted is not None and is_known else None,
    }


def _failed(job: Job) -> dict[str, object]:
    return {"cause": job.phase.cause.value if isinstance(job.phase, Failed) else None}


def _body(kind: EventKind, at: datetime, data: Mapping[str, object]) -> str:
    return json.dumps({"type": kind.value, "timestamp": at.isoformat(), "data": data}, ensure_ascii=False)
