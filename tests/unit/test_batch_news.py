"""What the owner of a batch is told once all its videos have come to rest: once, as they chose, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.domain.access.preferences import MemberPreferences, Notify
from bot.domain.errors import Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Queued
from bot.domain.ports.messages import Shown
from bot.domain.studio.batches import BatchPlace
from bot.jobs.delivery.batch_news import BatchNews
from tests.builders import ANN, CHANNEL, a_done_job
from tests.scripted import MemoryRecords

LEAD, OTHER = JobId("K7Q4FD"), JobId("ABC234")
CARD, BESIDE = (PostedMessage(channel_id=CHANNEL, message_id=number) for number in (1, 2))
NOTICE = PostedMessage(channel_id=CHANNEL, message_id=7)


@dataclass
class Owner:
    """What they chose, what they are told, and what is stored of that."""

    notify: Notify = Notify.PING
    said: list[str] = field(default_factory=list)
    refusal: Undeliverable | None = None
    results: dict[JobId, PostedMessage] = field(default_factory=lambda: {LEAD: CARD, OTHER: CARD})
    copies: list[tuple[JobId, PostedMessage]] = field(default_factory=list)
    records: MemoryRecords = field(default_factory=MemoryRecords)

    async def of(self, member_id: int) -> MemberPreferences:
        assert member_id == ANN
        return MemberPreferences(notify=self.notify)

    async def shown(self, job_id: JobId) -> Shown:
        return Shown(card=CARD, result=self.results.get(job_id))

    async def remember_copy(self, job_id: JobId, message: PostedMessage) -> None:
        self.copies.append((job_id, message))

    async def say_ready(
        self, lead: Job, card: PostedMessage, there: int, ordered: int, *, direct: bool, nonce: str
    ) -> PostedMessage:
        assert (lead.id, card, nonce) == (LEAD, CARD, f"k1-{LEAD}-ready")
        if self.refusal is not None:
            raise self.refusal
        self.said.append(f"{there} of {ordered}{' in a direct message' if direct else ''}")
        return NOTICE

    async def hears_of(self, batch: list[Job]) -> list[str]:
        """What they are told by now."""
        stored: Any = self
        await BatchNews(choices=self, messages=stored, records=self.records, channel=self).tell(batch)
        return self.said


def a_batch(*, private: bool = False) -> list[Job]:
    return [
        a_done_job(id=id_, batch=BatchPlace(lead=LEAD, number=number), private=private)
        for number, id_ in enumerate((LEAD, OTHER), 1)
    ]


async def test_news_come_once_and_go_with_the_first_video() -> None:
    owner = Owner()
    for _ in range(2):
        assert await owner.hears_of(a_batch()) == ["2 of 2"]
    assert owner.copies == [(LEAD, NOTICE)]


async def test_who_wants_no_sound_is_not_told_and_not_told_later() -> None:
    owner = Owner(notify=Notify.SILENT)
    assert await owner.hears_of(a_batch()) == []
    owner.notify = Notify.PING
    assert await owner.hears_of(a_batch()) == []


@pytest.mark.parametrize(("private", "said"), [(False, "2 of 2 in a direct message"), (True, "2 of 2")])
async def test_news_of_a_batch_in_direct_messages_lead_nowhere_else(*, private: bool, said: str) -> None:
    assert await Owner(notify=Notify.DIRECT).hears_of(a_batch(private=private)) == [said]


async def test_what_was_deleted_or_posted_separately_is_not_among_them() -> None:
    one, two = a_batch()
    assert await Owner().hears_of([one, replace(two, deleted=True)]) == ["1 of 2"]
    assert await Owner(results={LEAD: CARD, OTHER: BESIDE}).hears_of([one, two]) == ["1 of 2"]
    assert await Owner(results={LEAD: BESIDE, OTHER: BESIDE}).hears_of([one, two]) == []


async def test_nothing_is_said_before_all_have_come_to_rest() -> None:
    owner, (one, two) = Owner(), a_batch()
    assert await owner.hears_of([one, replace(two, phase=Queued())]) == []
    assert await owner.hears_of([one, two]) == ["2 of 2"]


async def test_news_that_are_refused_are_not_tried_again() -> None:
    owner = Owner(refusal=Undeliverable("Its channel was deleted."))
    assert await owner.hears_of(a_batch()) == []
    owner.refusal = None
    assert await owner.hears_of(a_batch()) == []
    assert owner.copies == []
