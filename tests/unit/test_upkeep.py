"""Work beside the worker: repeated whatever goes wrong with it, soon after news, and retried ever more slowly."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest

from bot.jobs.upkeep import LATEST, SOONEST, repeat, retry_in, wait_for_news

LONG = 600.0  # seconds


async def ended(*_: object) -> None:
    raise asyncio.CancelledError


async def test_work_that_fails_is_logged_and_done_again(caplog: pytest.LogCaptureFixture) -> None:
    done, pauses = list[int](), list[int]()

    async def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            raise RuntimeError("the database is down")

    async def pause() -> None:
        pauses.append(len(done))
        if len(done) == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await repeat(work, pause, logging.getLogger(__name__), "it could not be looked after")
    assert (done, pauses) == ([0, 1, 2], [1, 2, 3])
    assert [(each.getMessage(), each.exc_info is not None) for each in caplog.records] == [
        ("it could not be looked after", True)
    ]


async def test_a_cancellation_ends_it_and_is_no_trouble(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(asyncio.CancelledError):
        await repeat(ended, ended, logging.getLogger(__name__), "trouble")
    assert caplog.records == []


async def test_news_end_the_wait_once_even_if_they_came_before_it() -> None:
    news = asyncio.Event()
    news.set()
    async with asyncio.timeout(LONG):
        await wait_for_news(news, LONG * 2)
    assert not news.is_set()
    await wait_for_news(news, 0.0)
    assert not news.is_set()


@pytest.mark.parametrize(
    ("failing_for", "tried_in"),
    [
        (timedelta(0), SOONEST),
        (timedelta(minutes=10), timedelta(minutes=5)),
        (timedelta(hours=1), LATEST),
        (timedelta(days=3), LATEST),
    ],
)
def test_what_has_failed_for_longer_is_tried_later(failing_for: timedelta, tried_in: timedelta) -> None:
    assert retry_in(failing_for) == tried_in
