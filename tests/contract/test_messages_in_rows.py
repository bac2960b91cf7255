"""A phase's message is stored as a sentence and its values, and older rows are read as plain English."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.ids import JobId
from bot.domain.messages import (
    Bytes,
    Channel,
    Choice,
    Count,
    Day,
    DayStyle,
    Duration,
    Foreign,
    Model,
    Moment,
    MomentStyle,
    Money,
    Ordinal,
    Person,
    Role,
    Term,
    VideoId,
    joined,
    msg,
    msg_n,
    plain,
)
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Failed, NeedsReview, Phase, Queued, Undelivered
from bot.domain.video import RemixMethod
from tests.contract.databases import NOON, PLENTY, World, a_job, a_video, claimed

EVERY_KIND = joined(
    msg("{a} {b} {c} {d}", a=Money(Usd.of("0.0034")), b=Moment(NOON, MomentStyle.MONTH), c=Duration(1.5), d=Count(7)),
    msg("{a} {b} {c} {d}", a=Ordinal(3), b=Bytes(2**40), c=VideoId(JobId("K7Q4FD")), d=Model("Sora 2")),
    msg("{a} {b} {c} {d}", a=Person(2**62), b=Role(8), c=Channel(20), d=Foreign("{a} <@1> 猫")),
    msg("{a} {b}", a=Term("/create"), b=Choice((Count(4), Model("x"), plain("odd")), every=True)),
    msg("{a}", a=Day(date(2026, 12, 1), DayStyle.BRIEF)),
    msg_n("{count} time", "{count} times", 3),
)


async def moved_to(world: World, phase: Phase) -> JobId:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    return (await world.store.move(lease, replace(lease.job, phase=phase))).job.id


@pytest.mark.parametrize(
    "phase",
    [
        Queued(waits_for=EVERY_KIND),
        Undelivered(video=a_video(), remote_id="r", reason=EVERY_KIND),
        Failed(cause=Cause.PROVIDER, reason=EVERY_KIND, charged=False, finished_at=NOON),
        NeedsReview(was="unknown", reason=EVERY_KIND),
    ],
    ids=lambda phase: type(phase).__name__,
)
async def test_a_sentence_comes_back_with_its_values(world: World, phase: Phase) -> None:
    job_id = await moved_to(world, phase)
    async with world.another_process() as other:
        read = await other.get(job_id)
    assert read is not None
    assert read.phase == phase


OLD_ROWS: list[tuple[dict[str, Any], Phase]] = [
    (
        {"state": "queued", "detail": {"waits_for": "The video service is busy."}},
        Queued(waits_for=plain("The video service is busy.")),
    ),
    ({"state": "queued", "detail": {"waits_for": None}}, Queued()),
    (
        {
            "state": "failed",
            "detail": {
                "cause": "moderation",
                "reason": "127.0.0.1 refused {this} *prompt*.",
                "charged": False,
                "finished_at": NOON.isoformat(),
                "remote_id": None,
            },
        },
        Failed(
            cause=Cause.MODERATION,
            reason=plain("127.0.0.1 refused {this} *prompt*."),
            charged=False,
            finished_at=NOON,
        ),
    ),
    (
        {
            "state": "needsreview",
            "detail": {
                "was": "rendering",
                "reason": "The bot stopped 3 times while watching the render.",
                "remote_id": "video_1",
                "sent_at": NOON.isoformat(),
                "rung": "frame",
                "video": None,
            },
        },
        NeedsReview(
            was="rendering",
            reason=plain("The bot stopped 3 times while watching the render."),
            remote_id="video_1",
            sent_at=NOON,
            method=RemixMethod.FRAME,
        ),
    ),
]


@pytest.mark.parametrize(("columns", "phase"), OLD_ROWS, ids=[str(columns["state"]) for columns, _ in OLD_ROWS])
async def test_a_row_from_before_messages_is_plain_english(world: World, columns: dict[str, Any], phase: Phase) -> None:
    job = await world.store.add(a_job())
    await world.scribble(job, **columns)
    read = await world.store.get(job.id)
    assert read is not None
    assert read.phase == phase


async def test_a_value_of_a_later_version_is_left_alone(world: World) -> None:
    job = await world.store.add(a_job())
    later = {"text": "{smell}", "params": {"smell": {"kind": "smell", "of": "rain"}}, "plural": None, "kind": "message"}
    await world.scribble(job, detail={"waits_for": later})
    assert await world.store.get(job.id) is None
    assert await world.store.claim("worker", PLENTY, 10) == []
