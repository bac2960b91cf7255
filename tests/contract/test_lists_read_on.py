"""With more renders in progress than a page of the service's list shows, further pages are read if that saves polls."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from bot.domain.errors import Unavailable
from bot.domain.ids import JobId
from bot.domain.ports.provider import StillMade, Waiting
from bot.jobs.providers.list_looks import ListLooks
from bot.providers.common.lists import MOST_GLANCED
from bot.sandbox.video.trouble import Fault, Operation, Reset, Say
from tests.contract.replicate_services import Service as ReplicateService
from tests.contract.replicate_services import a_replicate
from tests.contract.replicate_services import an_order as a_replicate_order
from tests.contract.video_services import Service as OpenAIService
from tests.contract.video_services import a_service, an_order

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")
LOOK, LIST = Operation.LOOK, Operation.LIST


async def ordered_at_replicate(service: ReplicateService, count: int) -> list[str]:
    """Their ids, oldest first."""
    return [await service.provider.submit(a_replicate_order()) for _ in range(count)]


async def seen_by_looks(service: ReplicateService | OpenAIService, ids: Sequence[str]) -> Counter[Operation]:
    """How often the service gets which request, once the number of renders is known. None of them ends."""

    async def nudge(_: JobId) -> None:
        raise AssertionError("none has ended")

    looks = ListLooks(nudge)
    for _ in range(2):
        before = service.host.asked.copy()
        seen = await asyncio.gather(*(looks.look(service.provider, JobId(f"job of {each}"), each) for each in ids))
        assert all(isinstance(each, Waiting) for each in seen)
    return service.host.asked - before


async def test_what_is_due_on_further_pages_is_found_there() -> None:
    async with a_replicate(page=4) as service:
        ids = await ordered_at_replicate(service, 11)
        asked = await seen_by_looks(service, ids)
    assert (asked[LIST], asked[LOOK]) == (3, 0)


async def test_more_renders_than_a_page_of_openai_holds_take_two_requests() -> None:
    async with a_service() as service:
        ids = await asyncio.gather(*(service.provider.submit(an_order(f"take {n}")) for n in range(105)))
        asked = await seen_by_looks(service, ids)
    assert (asked[LIST], asked[LOOK]) == (2, 0)


async def test_no_page_is_read_for_what_is_not_due_yet() -> None:
    async with a_replicate(page=4) as service:
        ids = await ordered_at_replicate(service, 10)
        shown = await service.provider.still_made(ids, ids[-4:])
        assert shown is not None
        assert set(shown.waiting) == set(ids[-4:])
        assert shown.unread == frozenset(ids[:6])
        assert service.host.asked[LIST] == 1


async def test_a_single_one_that_is_left_is_looked_at_rather_than_searched_for() -> None:
    async with a_replicate(page=4) as service:
        ids = await ordered_at_replicate(service, 5)
        asked = await seen_by_looks(service, ids)
    assert (asked[LIST], asked[LOOK]) == (1, 1)


async def test_what_is_nowhere_costs_no_more_pages_than_looks() -> None:
    async with a_replicate(page=1) as service:
        await ordered_at_replicate(service, 8)
        assert await service.provider.still_made(["a", "b", "c"], ["a", "b", "c"]) == StillMade(
            waiting={}, unread=frozenset({"a", "b", "c"})
        )
        assert service.host.asked[LIST] == 3


async def test_a_list_without_end_is_read_for_ten_pages() -> None:
    async with a_replicate(page=1) as service:
        await ordered_at_replicate(service, MOST_GLANCED + 5)
        lost = [f"lost {number}" for number in range(50)]
        shown = await service.provider.still_made(lost, lost)
        assert shown == StillMade(waiting={}, unread=frozenset(lost))
        assert service.host.asked[LIST] == MOST_GLANCED


async def test_of_a_list_that_was_read_to_its_end_nothing_is_unread() -> None:
    async with a_replicate(page=2) as service:
        ids = await ordered_at_replicate(service, 4)
        shown = await service.provider.still_made([*ids, "a", "b", "c"], [*ids, "a", "b", "c"])
        assert shown is not None
        assert (set(shown.waiting), shown.unread) == (set(ids), frozenset())


def a_page(*ids: str, **more: Any) -> Say:
    videos = [{"id": each, "object": "video", "status": "in_progress", "progress": 7} for each in ids]
    return Say(body={"object": "list", "data": videos, **more})


async def glanced(*faults: Fault, due: Sequence[str] = "abcd") -> tuple[StillMade | None, int]:
    """What an OpenAI host's list pages say about due renders, and how many pages were requested."""
    async with a_service() as service:
        service.host.trouble.next(LIST, *faults)
        return await service.provider.still_made(due, due), service.host.asked[LIST]


AB = dict.fromkeys(["a", "b"], Waiting(progress=7))
CD_UNREAD = StillMade(waiting=AB, unread=frozenset({"c", "d"}))


async def test_the_next_page_is_asked_for_after_the_last_one_of_this() -> None:
    shown, asked = await glanced(a_page("a", "b", has_more=True), a_page("c", "d", has_more=False))
    assert (shown, asked) == (StillMade(waiting={**AB, "c": Waiting(progress=7), "d": Waiting(progress=7)}), 2)


async def test_a_host_that_shows_the_same_page_for_ever_is_asked_twice() -> None:
    """Although further pages would take fewer requests than looks at the six that are left."""
    shown, asked = await glanced(*[a_page("a", "b", has_more=True)] * 8, due="abcdefgh")
    assert (shown, asked) == (StillMade(waiting=AB, unread=frozenset("cdefgh")), 2)


async def test_a_host_that_promises_more_after_an_empty_page_is_asked_once() -> None:
    assert await glanced(*[a_page(has_more=True)] * 4) == (StillMade(waiting={}, unread=frozenset("abcd")), 1)


@pytest.mark.parametrize("fault", [Say(status=404), Say(body="?")], ids=["no such page", "no list"])
async def test_a_first_page_that_is_no_list_is_none(fault: Fault) -> None:
    assert await glanced(fault) == (None, 1)


async def test_a_first_page_that_cannot_be_had_is_not_taken_for_a_missing_list() -> None:
    with pytest.raises(Unavailable):
        await glanced(*[Reset()] * 3)


@pytest.mark.parametrize(
    "fault",
    [Say(status=404), Say(status=400, body={"error": {"message": "unknown parameter: after"}}), Say(body="?"), Reset()],
    ids=["no such page", "no pages", "no list", "dropped"],
)
async def test_what_the_first_page_says_is_true_though_the_next_cannot_be_had(fault: Fault) -> None:
    shown, _ = await glanced(a_page("a", "b", has_more=True), *[fault] * 3)
    assert shown == CD_UNREAD


async def test_a_host_that_asks_to_be_left_alone_is_not_asked_about_the_rest() -> None:
    with pytest.raises(Unavailable) as busy:
        await glanced(a_page("a", "b", has_more=True), Say(status=429, headers={"retry-after": "30"}))
    assert busy.value.retry_after == 30.0


async def test_a_video_that_is_shown_without_its_progress_is_not_searched_for_on_further_pages() -> None:
    bare = {"id": "a", "object": "video", "status": "in_progress"}
    shown, asked = await glanced(
        Say(body={"data": [bare, *({"id": each, "status": "completed"} for each in "bcd")], "has_more": True})
    )
    assert (shown, asked) == (StillMade(waiting={}), 1)
