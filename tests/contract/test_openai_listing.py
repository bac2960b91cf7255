"""Reading the list of an OpenAI-dialect host: complete, or known to be incomplete."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import AccountTrouble, ProviderError, Unavailable
from bot.domain.ports.provider import Listed
from bot.sandbox.video.trouble import Fault, Operation, Reset, Say
from tests.contract.video_services import STARTED_AT, a_service, an_order

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

NOW = datetime.fromtimestamp(STARTED_AT, UTC)
LONG_AGO = NOW - timedelta(days=400)


def a_video(number: int, age: float = 0.0) -> dict[str, object]:
    return {"id": f"v{number}", "status": "queued", "created_at": STARTED_AT - age, "prompt": f"prompt {number}"}


def a_page(*videos: dict[str, object], more: bool | None = None) -> Say:
    return Say(body={"object": "list", "data": list(videos)} | ({} if more is None else {"has_more": more}))


async def test_videos_are_listed_back_to_a_moment_newest_first() -> None:
    async with a_service() as service:
        for prompt in ("old", "new", "newer"):
            await service.provider.submit(an_order(prompt))
            service.clock.now += 60
        listed = await service.provider.recent(NOW + timedelta(seconds=30))
    assert listed is not None
    assert [video.prompt for video in listed] == ["newer", "new"]
    assert listed[1] == Listed(
        remote_id=service.host.created[1].id,
        created_at=NOW + timedelta(seconds=60),
        model="sora-2",
        prompt="new",
        seconds="4",
        size="1280x720",
    )


async def test_pages_are_turned_until_the_moment_is_reached() -> None:
    async with a_service() as service:
        service.host.trouble.next(
            Operation.LIST,
            a_page(a_video(1, 10), a_video(2, 20), more=True),
            a_page(a_video(3, 30), a_video(4, 90), more=True),
        )
        listed = await service.provider.recent(NOW - timedelta(seconds=60))
        assert listed is not None
        assert [video.remote_id for video in listed] == ["v1", "v2", "v3"]
        assert service.host.asked[Operation.LIST] == 2


async def test_a_list_in_no_order_is_read_to_its_end() -> None:
    async with a_service() as service:
        service.host.trouble.next(
            Operation.LIST,
            a_page(a_video(1, 500), a_video(2, 400), more=True),
            a_page(a_video(3, 300), a_video(4, 5), more=False),
        )
        listed = await service.provider.recent(NOW - timedelta(seconds=60))
    assert listed is not None
    assert [video.remote_id for video in listed] == ["v4"]


async def test_a_host_that_sends_the_same_page_for_ever_is_asked_twice() -> None:
    async with a_service() as service:
        page = a_page(*(a_video(number) for number in range(100)))  # as long as requested, and without a hint of more
        service.host.trouble.next(Operation.LIST, page, page, page)
        listed = await service.provider.recent(LONG_AGO)
        assert listed is not None
        assert len(listed) == 100
        assert service.host.asked[Operation.LIST] == 2


async def test_a_list_without_end_is_not_called_complete() -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.LIST, *(a_page(a_video(n), more=True) for n in range(60)))
        with pytest.raises(Unavailable, match="wasn't read to the end"):
            await service.provider.recent(LONG_AGO)


async def test_a_video_is_read_from_the_list_of_every_kind_of_server() -> None:
    video = {"id": "v1", "created_at": str(int(STARTED_AT * 1000)), "seconds": 4.0, "size": "", "model": None}
    video["remixed_from_video_id"] = "v0"
    async with a_service() as service:
        service.host.trouble.next(Operation.LIST, a_page(video))
        listed = await service.provider.recent(LONG_AGO)
    assert listed == [
        Listed(remote_id="v1", created_at=NOW, model=None, prompt=None, seconds="4", size=None, remixed_from="v0")
    ]


@pytest.mark.parametrize(
    "fault",
    [
        Say(status=404),
        Say(status=405),
        Say(status=410),
        Say(status=501),
        Say(status=400, body={"error": {"message": "custom_llm_provider is required"}}),
        Say(status=500, body={"error": {"message": "NotImplementedError: video list"}}),
        Say(body="<html>a dashboard</html>"),
        Say(body={"data": None}),
        Say(body={"data": [{"id": "v1"}]}),
        Say(body={"data": [{"id": "v1", "created_at": "yesterday"}]}),
        Say(body={"data": ["v1"]}),
    ],
)
async def test_a_host_that_cannot_tell_says_so(fault: Fault) -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.LIST, fault)
        assert await service.provider.recent(LONG_AGO) is None


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Say(status=500), Unavailable),
        (Say(status=429), Unavailable),
        (Reset(), Unavailable),
        (Say(status=401), AccountTrouble),
    ],
)
async def test_a_list_that_could_not_be_read_is_not_an_empty_one(fault: Fault, error: type[ProviderError]) -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.LIST, fault)
        with pytest.raises(error):
            await service.provider.recent(LONG_AGO)


async def test_no_videos_is_an_answer() -> None:
    async with a_service() as service:
        assert await service.provider.recent(LONG_AGO) == []
