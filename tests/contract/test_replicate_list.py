"""Replicate's list of predictions: read back to a given time, or not trusted. It decides about reserved money."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import AccountTrouble, Refused, Unavailable
from bot.domain.ports.provider import Listed
from bot.domain.video import RemixMethod, Size
from bot.sandbox.video.trouble import Operation, Say
from tests.contract.replicate_services import GROK, KLING, MOVIOLA, Service, a_provider, a_replicate, an_order
from tests.contract.strategies import EXAMPLES, anything, codes, pages, shaped, words
from tests.contract.video_services import RENDER_SECONDS, a_picture
from tests.extent import only_in_full
from tests.films import a_film

FIELDS = ["prompt", "duration", "resolution", "aspect_ratio", "seed"]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_fields = st.one_of(anything, st.fixed_dictionaries({"enum": anything}), st.fixed_dictionaries({"allOf": anything}))
_schemas = st.fixed_dictionaries(
    {"Input": st.fixed_dictionaries({"properties": st.dictionaries(st.sampled_from(FIELDS), _fields)})}
)
_versions = st.fixed_dictionaries(
    {"openapi_schema": st.fixed_dictionaries({"components": st.fixed_dictionaries({"schemas": _schemas})})}
)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_replicate() as service:
        yield service


async def the_one(service: Service) -> Listed:
    listed = await service.provider.recent(LONG_AGO)
    assert listed is not None
    (entry,) = listed
    return entry


async def test_an_order_is_listed_while_it_is_made_with_what_went_in() -> None:
    async with a_replicate() as service:
        remote_id = await service.provider.submit(an_order("a fox", size=Size(480, 854), seconds=10))
        assert await the_one(service) == Listed(
            remote_id=remote_id,
            created_at=datetime.fromtimestamp(service.clock.now, UTC),
            model="alibaba/wan-3",
            prompt="a fox",
            seconds="10",
            size="480x854",
        )


async def test_all_pages_are_read_back_to_the_moment_and_no_further() -> None:
    async with a_replicate(page=2) as service:
        ids = []
        for _ in range(7):
            ids.append(await service.provider.submit(an_order()))
            service.clock.now += 60
        everything = await service.provider.recent(LONG_AGO)
        assert everything is not None
        assert [entry.remote_id for entry in everything] == ids[::-1]
        asked = service.host.asked[Operation.LIST]
        assert asked == 4
        recent = await service.provider.recent(datetime.fromtimestamp(service.clock.now, UTC) - timedelta(seconds=90))
        assert recent is not None
        assert [entry.remote_id for entry in recent] == ids[:-2:-1]
        assert service.host.asked[Operation.LIST] == asked + 1


async def test_what_the_service_adds_by_itself_does_not_speak_against_an_order() -> None:
    """The model has one resolution and no field for it; a picture may make it report another ratio than was sent."""
    async with a_replicate() as service:
        await service.provider.submit(an_order(remote=KLING, size=Size(1920, 1080), picture=a_picture()))
        entry = await the_one(service)
        assert (entry.seconds, entry.size) == ("5", None)


async def test_an_edit_is_listed_without_length_and_size(tmp_path: Path) -> None:
    source = a_film(tmp_path / "source.mp4")
    async with a_replicate() as service:
        await service.provider.submit(an_order(remote=GROK, method=RemixMethod.SOURCE, source_file=source))
        entry = await the_one(service)
        assert (entry.prompt, entry.seconds, entry.size) == ("a red fox in the snow", None, None)


async def test_a_model_that_this_process_knows_nothing_of_is_listed_by_its_words_alone() -> None:
    async with a_replicate() as service:
        await service.provider.submit(an_order(remote=MOVIOLA))
        assert (await the_one(service)).seconds == "5"
        async with a_provider(service.base_url) as restarted:
            listed = await restarted.recent(LONG_AGO)
            assert listed is not None
            assert (listed[0].prompt, listed[0].seconds, listed[0].size) == ("a red fox in the snow", None, None)


async def test_after_an_hour_an_order_is_listed_without_what_went_in() -> None:
    async with a_replicate() as service:
        remote_id = await service.finished()
        service.clock.now += 3600
        entry = await the_one(service)
        assert (entry.remote_id, entry.prompt, entry.seconds, entry.size) == (remote_id, None, None, None)


def row(**changes: Any) -> dict[str, Any]:
    return {"id": "a", "created_at": "2026-09-21T14:13:20.5Z", "model": "o/m", "input": {"prompt": "x"}} | changes


def page(*rows: object, onward: object = None) -> dict[str, Any]:
    return {"results": list(rows), "next": onward, "previous": None}


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        [],
        {"results": []},
        {"results": None, "next": None},
        page(row(id=7)),
        page(row(id="a\nb")),
        page(row(created_at="yesterday")),
        page(row(created_at=None)),
        page(row(), "more"),
        page(row(), onward="https://api.replicate.com/v1/predictions"),
        page(row(), onward=7),
    ],
)
async def test_a_list_that_cannot_be_read_to_its_end_is_none(body: object) -> None:
    async with a_replicate() as service:
        service.host.trouble.next(Operation.LIST, Say(body=body))
        assert await service.provider.recent(LONG_AGO) is None


async def test_a_list_that_goes_in_circles_is_none() -> None:
    async with a_replicate() as service:
        circle = Say(body=page(row(), onward="https://elsewhere.example/v1/predictions?cursor=again"))
        service.host.trouble.next(Operation.LIST, *[circle] * 3)
        assert await service.provider.recent(LONG_AGO) is None


async def test_an_empty_page_is_not_the_end() -> None:
    async with a_replicate() as service:
        pages = [page(onward="?cursor=b"), page(row())]
        service.host.trouble.next(Operation.LIST, *[Say(body=each) for each in pages])
        assert (await the_one(service)).remote_id == "a"


async def test_a_list_without_end_is_not_called_complete() -> None:
    async with a_replicate() as service:
        pages = [Say(body=page(row(id=f"p{n}"), onward=f"?cursor=c{n}")) for n in range(60)]
        service.host.trouble.next(Operation.LIST, *pages)
        with pytest.raises(Unavailable, match="wasn't read to the end"):
            await service.provider.recent(LONG_AGO)


@pytest.mark.parametrize(
    ("given", "prompt"), [({"image": "https://x/y.png"}, ""), ({}, None), (None, None), ({"prompt": 7}, "")]
)
async def test_what_took_no_words_is_told_from_what_is_not_shown(given: object, prompt: str | None) -> None:
    """An upscaler's run cannot be an order of ours; a run with a hidden input might be."""
    async with a_replicate() as service:
        service.host.trouble.next(Operation.LIST, Say(body=page(row(input=given))))
        assert (await the_one(service)).prompt == prompt


async def test_what_was_made_on_the_site_is_no_order_of_ours() -> None:
    async with a_replicate() as service:
        service.host.trouble.next(Operation.LIST, Say(body=page(row(source="web"), row(id="b", source="api"))))
        assert (await the_one(service)).remote_id == "b"


@pytest.mark.parametrize("status", [404, 405, 410, 501])
async def test_a_host_without_a_list_cannot_tell(status: int) -> None:
    async with a_replicate() as service:
        service.host.trouble.next(Operation.LIST, Say(status=status, body={"detail": "Not found"}))
        assert await service.provider.recent(LONG_AGO) is None


@pytest.mark.parametrize(("status", "trouble"), [(500, Unavailable), (429, Unavailable), (401, AccountTrouble)])
async def test_a_list_that_is_not_answered_says_nothing(status: int, trouble: type[Exception]) -> None:
    async with a_replicate(page=1) as service:
        for _ in range(2):
            await service.provider.submit(an_order())
        good = Say(body=page(row(), onward="?cursor=b"))
        service.host.trouble.next(Operation.LIST, good, Say(status=status, body={"detail": "x"}))
        with pytest.raises(trouble):
            await service.provider.recent(LONG_AGO)


_rows = shaped(
    {
        "id": st.one_of(words, anything),
        "created_at": st.one_of(st.sampled_from(["2026-09-21T14:13:20Z", "2026-09-21", "0", "9999-12-31"]), anything),
        "model": st.one_of(st.just(GROK), anything),
        "source": st.one_of(st.just("web"), anything),
        "data_removed": anything,
        "input": st.one_of(
            anything, st.dictionaries(st.sampled_from(["prompt", "duration", "aspect_ratio"]), anything)
        ),
    }
)
_lists = st.fixed_dictionaries({"results": st.lists(_rows, max_size=3), "next": st.one_of(st.none(), words)})


@only_in_full("the conformance suite has the like")
@EXAMPLES
@given(status=codes, body=st.one_of(_lists, anything, pages))
async def test_whatever_a_list_holds_each_entry_is_one_of_its_rows(service: Service, status: int, body: object) -> None:
    service.host.trouble.next(Operation.LIST, Say(status=status, body=body))
    try:
        listed = await service.provider.recent(LONG_AGO)
    except (Unavailable, AccountTrouble):
        assert not 200 <= status < 300
        return
    if listed:
        assert isinstance(body, dict)
        assert {entry.remote_id for entry in listed} <= {each["id"] for each in body["results"]}


@only_in_full("the conformance suite has the like")
@EXAMPLES
@given(body=st.one_of(anything, shaped({"latest_version": st.one_of(anything, _versions)})))
async def test_whatever_a_model_is_said_to_take_an_order_goes_out_whole_or_not_at_all(
    service: Service, body: object
) -> None:
    before = service.host.asked[Operation.CREATE]
    service.host.trouble.next(Operation.MODELS, Say(body=body))
    service.host.trouble.next(Operation.CREATE, Say(status=422, body={}))  # so that its inputs are requested anew
    with pytest.raises(Refused):
        await service.provider.submit(an_order(remote=MOVIOLA))
    if service.host.asked[Operation.CREATE] == before:
        service.host.trouble.take(Operation.CREATE)


async def test_an_order_that_failed_is_listed_too() -> None:
    async with a_replicate() as service:
        remote_id = await service.provider.submit(an_order("[breaks] a fox"))
        service.clock.now += RENDER_SECONDS
        assert (await the_one(service)).remote_id == remote_id
