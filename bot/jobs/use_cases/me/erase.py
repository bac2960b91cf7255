"""Erasing a member's data: requested once, done order by order, resumed after a crash.

A waiting order is cancelled, free of charge. One that is being made is finished first, and one that may have been paid
for waits for a manager, because the service's bill has to be explained; each is erased as soon as that is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from dataclasses import field, replace
from functools import partial
from typing import Protocol

from bot.data_classes import value_object, wired
from bot.domain.access.own_data import Erased, Erasure, ErasureStore, OwnDataStore, Remaining, Stored
from bot.domain.errors import BadRequest, KinoraError, MovedOn, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.keys.store import KeyStore
from bot.domain.messages import Term, msg
from bot.domain.ports.clock import Clock
from bot.domain.ports.messages import MessageStore
from bot.jobs.delivery.cards import CardRemoval
from bot.jobs.events import JobEvents
from bot.jobs.upkeep import repeat, wait_for_news
from bot.jobs.use_cases.manage import ManageVideos

log = logging.getLogger(__name__)

WORD = "ERASE"  # typed to confirm
EVERY = 60.0  # seconds between two checks of what could not be erased yet
AT_ONCE = 20  # orders looked up at a time
WRONG_WORD = msg("That wasn't {word}. Nothing was erased.", word=Term(WORD))
GOES_ON = msg("Your data is being erased already. `/me` shows the progress.")


class PostRemoval(Protocol):
    async def remove_posts(self, job_id: JobId) -> bool:
        """Whether no message shows the video any more."""
        ...


@value_object
class ErasureStatus:
    """What /me shows of it. `remaining` counts while it is in progress."""

    erasure: Erasure
    remaining: Remaining


@wired
class EraseMembers:
    """One per process; each member's is handled by one of them."""

    erasures: ErasureStore
    own_data: OwnDataStore
    manage: ManageVideos
    messages: MessageStore
    cards: CardRemoval
    posts: PostRemoval
    events: JobEvents
    clock: Clock
    keys: KeyStore | None = None  # own ones are erased with their member
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _unfinished: set[int] = field(default_factory=set)  # members, as far as this process knows

    async def stored(self, member_id: int) -> Stored:
        return await self.own_data.stored(member_id)

    async def status(self, member_id: int) -> ErasureStatus | None:
        """Of the one in progress, or ended in the last week."""
        erasure = await self.erasures.of(member_id)
        if erasure is None:
            return None
        left = Remaining() if erasure.ended_at else await self.erasures.remaining(erasure)
        return ErasureStatus(erasure=erasure, remaining=left)

    async def begin(self, member_id: int, typed: str) -> None:
        """Raises BadRequest for another word, and while an earlier one is in progress; then nothing is erased."""
        if typed.strip().strip("\"'").casefold() != WORD.casefold():
            raise BadRequest(WRONG_WORD)
        if not await self.erasures.begin(member_id):
            raise BadRequest(GOES_ON)
        log.info("%s asked for their data to be erased", member_id)
        self._wake.set()

    def heard(self, job: Job) -> None:
        """An order has ended: it may be one that an erasure waits for."""
        if job.is_at_rest and not job.deleted and job.owner_id in self._unfinished:
            self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        trouble = "erasures could not be looked up; that is tried again"
        await repeat(self._work_and_clean, partial(wait_for_news, self._wake, EVERY), log, trouble)

    async def _work_and_clean(self) -> None:
        await self.work()
        await self.erasures.clean()

    async def work(self) -> None:
        """Continue each unfinished one, as far as possible now."""
        unfinished = await self.erasures.unfinished()
        self._unfinished.clear()
        self._unfinished.update(unfinished)
        for member_id in unfinished:
            worker = secrets.token_hex(8)
            erasure = await self.erasures.claim(member_id, worker)
            if erasure is None:
                continue
            try:
                await self._go_on(erasure, worker)
            except MovedOn:
                log.info("the erasure of %s was taken up by another process", member_id)
            except Exception:
                log.exception("the erasure of %s was cut off; it is taken up again", member_id)
                await self._release(erasure, worker)

    async def _go_on(self, erasure: Erasure, worker: str) -> None:
        if self.keys is not None and not erasure.done.records_gone:  # later ones are of somebody who has begun anew
            await self.keys.remove_of(erasure.member_id)
        await self.erasures.forget_facts(erasure.member_id, worker)
        for job in await self.erasures.waiting(erasure):
            self.events.tell(await self.manage.queue.cancel(job.id, erasure.member_id))
        failed: set[JobId] = set()
        while found := await self.erasures.erasable(erasure, AT_ONCE + len(failed)):
            todo = [job for job in found if job.id not in failed]
            if not todo:
                break
            for job in todo:
                if not await self._one(job, worker):
                    failed.add(job.id)
        if await self.erasures.release(erasure, worker):
            log.info("all that was kept of %s is erased", erasure.member_id)

    async def _release(self, erasure: Erasure, worker: str) -> None:
        with contextlib.suppress(MovedOn):
            await self.erasures.release(erasure, worker)

    async def _one(self, job: Job, worker: str) -> bool:
        """Whether it is erased. After an interruption it is repeated, which removes nothing twice."""
        try:
            await self.erasures.erase(job, worker, await self._remove(job))
        except MovedOn:
            raise
        except KinoraError as trouble:
            log.warning("%s could not be erased yet: %s", job.id, trouble.sentence)
            return False
        except Exception:
            # One of many: the others go on, and it is tried again.
            log.exception("%s could not be erased yet", job.id)
            return False
        return True

    async def _remove(self, job: Job) -> Erased:
        """What others see of it: messages, files, the service's copy."""
        shown, copies = await self.messages.shown(job.id), await self.messages.copies(job.id)
        deletion = await self.manage.remove(job, job.owner_id)
        are_gone = await self.posts.remove_posts(job.id) & await self._remove_card(job)
        video = None if job.deleted else job.video
        return Erased(
            videos=int(video is not None),
            bytes=0 if video is None else video.bytes,
            pictures=0 if job.deleted else len(job.request.pictures),
            messages=(shown.card is not None) + (shown.result is not None) + len(copies) if are_gone else 0,
            left_in_discord=int(not are_gone),
            left_at_service=int(deletion.at_service is False and not job.deleted),
        )

    async def _remove_card(self, job: Job) -> bool:
        try:
            await self.cards.dismiss(replace(job, deleted=True))
        except Undeliverable:
            return False
        return True
