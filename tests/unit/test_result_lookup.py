"""What a result shows besides its job: the source of a remix, and the rest of the month's budget."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.money.allowances import Remainder, Scope
from bot.domain.money.usd import Usd
from bot.domain.ports.messages import Shown
from bot.domain.studio.ratings import VideoRating
from bot.ui.cards.lookup import ResultLookup
from tests.builders import a_done_job, a_request

SHOWN = PostedMessage(channel_id=20, message_id=30)
LEFT = Remainder(scope=Scope.SERVER, left=Usd.of("20.20"), cap=Usd.of(25))
LINK = "https://discord.com/channels/10/20/30"


class Known:
    """One finished video and the message that shows it, without its poster, and $20.20 left this month."""

    def __init__(self, source: Job, result: PostedMessage | None) -> None:
        self.source = source
        self.result = result

    def label(self, _job: Job) -> str:
        return "Sora 2"

    async def find(self, job_id: JobId) -> Job | None:
        return self.source if job_id == self.source.id else None

    async def shown(self, _job_id: JobId) -> Shown:
        return Shown(result=self.result)

    async def remainder(self, _job: Job) -> Remainder:
        return LEFT

    async def counted(self, _job_ids: Any) -> dict[JobId, VideoRating]:
        return {JobId("K7Q4FD"): VideoRating(likes=3, dislikes=1)}

    async def covers(self, _job: Job) -> bool:
        return False

    async def read(self, key: str, _most: int | None = None) -> bytes:
        raise FileNotFoundError(key)


def lookup(source: Job, result: PostedMessage | None = SHOWN) -> ResultLookup:
    known: Any = Known(source, result)
    return ResultLookup(browse=known, messages=known, files=known, allowances=known, spoilers=known, ratings=known)


def remix_of(source: Job, **changes: Any) -> Job:
    return a_done_job(request=a_request(source=source.id), **changes)


@pytest.mark.parametrize(
    ("source", "remix", "link"),
    [
        ({}, {}, LINK),
        ({"deleted": True}, {}, None),
        ({"private": True}, {}, None),
        ({"private": True}, {"private": True}, "https://discord.com/channels/@me/20/30"),
    ],
)
async def test_a_remix_links_to_what_it_is_of_where_those_who_read_it_may_see_that(
    source: dict[str, Any], remix: dict[str, Any], link: str | None
) -> None:
    job = a_done_job(id=JobId("AAAAAA"), **source)
    assert (await lookup(job).facts(remix_of(job, **remix), with_budget=False)).parent == link


async def test_what_is_shown_nowhere_has_no_link() -> None:
    job = a_done_job(id=JobId("AAAAAA"))
    assert (await lookup(job, None).facts(remix_of(job), with_budget=False)).parent is None


async def test_what_is_left_is_said_where_the_video_is_news_to_the_server() -> None:
    find = lookup(a_done_job())
    assert (await find.facts(a_done_job(), with_budget=True)).left == LEFT
    assert (await find.facts(a_done_job(), with_budget=False)).left is None
    assert (await find.facts(a_done_job(private=True), with_budget=True)).left is None


async def test_a_result_without_a_stored_poster_goes_without_its_thumbnail() -> None:
    assert await lookup(a_done_job()).poster(a_done_job()) is None
