"""The shipped bot, `-m tests.crash.mortal_bot`, which dies at the point named by a file in its data folder.

It dies as with kill -9. None of it is replaced: its job table and its message store only check that file before and
after they write.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

from bot import app
from bot.domain.ids import JobId
from bot.domain.job import Job, Lease, PostedMessage
from bot.domain.phases import name_of
from bot.domain.ports.messages import CardState, Route
from bot.settings import read_settings
from bot.wiring import stores as assembly
from storage.jobs.queue import SqlJobQueue
from storage.messages import MessageRows
from tests.waiting import is_told

KILLED = 137
ORDER_TO_DIE = Path("dies_at")  # in the bot's working folder; removed by the bot that obeys it, so that it happens once


def dies_at(point: str) -> bool:
    return ORDER_TO_DIE.is_file() and ORDER_TO_DIE.read_text() == point


def passes(point: str) -> None:
    if dies_at(point):
        ORDER_TO_DIE.unlink()
        os._exit(KILLED)


class MortalJobs(SqlJobQueue):
    async def move(
        self,
        lease: Lease,
        job: Job,
        after: float | None = None,
        *,
        keep: bool = False,
        result: PostedMessage | None = None,
    ) -> Lease:
        before = f"before {name_of(job.phase)} is stored"
        if dies_at(before):
            await self._is_shown(job)
        passes(before)
        moved = await super().move(lease, job, after, keep=keep, result=result)
        passes(f"after {name_of(job.phase)} was stored")
        return moved

    async def _is_shown(self, job: Job) -> None:
        """On a busy machine the worker gets here before the command has shown its card: the video replies to none."""
        messages = MessageRows(database=self.database)

        async def card() -> PostedMessage | None:
            return (await messages.shown(job.id)).card

        await is_told(card)


class MortalMessages(MessageRows):
    async def remember_card(
        self, job_id: JobId, message: PostedMessage, drawn: str | None = None
    ) -> Mapping[JobId, CardState]:
        passes("before a card is remembered")
        return await super().remember_card(job_id, message, drawn)

    async def remember_result(self, job_id: JobId, message: PostedMessage) -> None:
        passes("before the post is remembered")
        await super().remember_result(job_id, message)
        passes("after the post was remembered")

    async def forget_card(self, job_id: JobId, *, unless_noted: bool = False) -> None:
        passes("before it is stored that a card is gone")
        await super().forget_card(job_id, unless_noted=unless_noted)

    async def remember_route(self, job_id: JobId, route: Route, channel_id: int = 0) -> None:
        passes("before a detour is noted")
        await super().remember_route(job_id, route, channel_id)
        passes("after a detour was noted")


if __name__ == "__main__":
    with patch.object(assembly, "SqlJobQueue", MortalJobs), patch.object(assembly, "MessageRows", MortalMessages):
        asyncio.run(app.run(read_settings()))
