"""Posting a video whose file is missing, or on another process with the same database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import BadRequest, SpoiltVideo, Undeliverable, Unsupported
from bot.domain.ids import JobId
from bot.domain.phases import Done, Failed, Posting, Queued, Undelivered
from bot.domain.ports.provider import Ready
from bot.domain.video import Picture, RemixMethod
from bot.jobs.ordering.quoting import Quoting
from bot.jobs.providers.throttle import BUSY, Request
from bot.jobs.runner import Runner
from bot.jobs.steps.elsewhere import ELSEWHERE_WAIT, MOST_ELSEWHERE
from bot.jobs.steps.submit import PICTURE_ELSEWHERE
from bot.ui.publish.result_poster import Occasion, ResultPoster
from bot.ui.text.phrases.results import ResultFacts
from storage.files.local import LocalFiles
from tests.builders import a_card, a_catalogue, a_done_job, a_job, a_request
from tests.scripted import SteppingClock
from tests.workbench import Bench, a_bench


class NoFiles:
    """A store without files, and a channel without a limit."""

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        raise FileNotFoundError(key)
        yield Path()

    async def of(self, _job: object) -> int:
        return 10**9

    def get_guild(self, _guild_id: int) -> None:
        return None  # as in a process without a gateway

    async def facts(self, _job: object, *, with_budget: bool) -> ResultFacts:
        assert with_budget
        return ResultFacts()

    async def poster(self, _job: object) -> None:
        return None


@pytest.mark.parametrize(
    ("shares_database", "says"),
    [
        (False, r"^Its file is missing\.$"),
        (True, r"Its file is with another Kinora that shares this database"),
    ],
)
async def test_a_file_that_is_not_here_may_lie_with_another_process(shares_database: bool, says: str) -> None:
    nothing: Any = NoFiles()
    poster = ResultPoster(
        client=nothing,
        files=nothing,
        previews=nothing,
        limits=nothing,
        links=None,
        clock=SteppingClock(),
        lookup=nothing,
        shares_database=shares_database,
    )
    with pytest.raises(Undeliverable, match=says):
        await poster.post(a_done_job(), Occasion(nonce="n"))


async def kept_by_another(bench: Bench, folder: Path) -> JobId:
    """A job about to be posted, whose file is missing here: from now on the runner can't access it."""
    job_id = await bench.order()
    while not isinstance((await bench.job(job_id)).phase, Posting):
        await bench.step(forward=await bench.store.next_due() or 0.0)
    bench.runner = Runner(replace(bench.context, files=LocalFiles(folder / "others"), shares_database=True))
    return job_id


async def test_a_job_whose_file_lies_with_another_process_is_left_to_that_one(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        its_own = Runner(replace(bench.context, shares_database=True))
        job_id = await kept_by_another(bench, tmp_path)
        for _ in range(3):
            await bench.step(forward=await bench.store.next_due() or 0.0)
        left = (await bench.job(job_id)).phase
        assert isinstance(left, Posting)
        assert (left.since, bench.publisher.delivered) == (None, []), "no intent to post was stored"
        bench.runner = its_own
        await bench.step(forward=await bench.store.next_due() or 0.0)
        assert isinstance((await bench.job(job_id)).phase, Done)
        assert bench.publisher.delivered == [(job_id, False)]


async def test_a_file_that_no_process_has_ends_the_wait(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        job_id = await kept_by_another(bench, tmp_path)
        bench.publisher.troubles = [Undeliverable("It lies with another Kinora.")]
        ended = await bench.run(job_id, most=MOST_ELSEWHERE + 2)
        assert isinstance(ended.phase, Undelivered)


PICTURE = Picture(key="pictures/fox.png", preview="pictures/fox.jpg", sha256="0" * 64, note="")


async def pictured(bench: Bench, folder: Path) -> JobId:
    """An order whose image is on another process: from now on the runner can't access it."""
    await bench.context.files.put(b"a fox", PICTURE.key)
    bench.runner = Runner(replace(bench.context, files=LocalFiles(folder / "others"), shares_database=True))
    return await bench.order(a_job(request=a_request(picture=PICTURE)))


async def test_an_order_whose_picture_lies_with_another_process_is_left_to_that_one(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        job_id = await pictured(bench, tmp_path)
        for _ in range(3):
            await bench.step(forward=ELSEWHERE_WAIT)
        assert (await bench.job(job_id)).phase == Queued(elsewhere=3)
        assert (bench.provider.orders, bench.phases) == ([], []), "nothing was sent, and there is no news"
        bench.runner = Runner(replace(bench.context, shares_database=True))
        assert isinstance((await bench.run(job_id)).phase, Done)
        assert [order.picture for order in bench.provider.orders] == [b"a fox"]


async def test_a_picture_that_no_process_has_ends_the_order_for_free(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        ended = await bench.run(await pictured(bench, tmp_path), most=MOST_ELSEWHERE + 2)
        assert isinstance(ended.phase, Failed)
        assert (ended.phase.reason, ended.phase.charged, ended.cost) == (PICTURE_ELSEWHERE, False, None)
        assert bench.provider.orders == []


async def test_a_wait_for_another_reason_does_not_prolong_the_wait_for_a_picture(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        job_id = await pictured(bench, tmp_path)
        await bench.step()
        bench.context.throttle.hold("openai", Request.PAID, 10, bench.clock.now())
        await bench.step(forward=ELSEWHERE_WAIT)
        assert (await bench.job(job_id)).phase == Queued(waits_for=BUSY, elsewhere=1)


async def test_a_remix_whose_original_lies_with_another_process_is_left_to_that_one(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        bench.context.catalogue.renew(a_catalogue(a_card(remix=(RemixMethod.FRAME, RemixMethod.REPROMPT))))
        source = await bench.run(await bench.order())
        bench.runner = Runner(replace(bench.context, files=LocalFiles(tmp_path / "others"), shares_database=True))
        remix = await bench.order(a_job(request=a_request(prompt="at night", source=source.id)))
        await bench.step()
        assert (await bench.job(remix)).phase == Queued(elsewhere=1)
        bench.runner = Runner(replace(bench.context, shares_database=True))
        bench.provider.submits, bench.provider.looks = ["video_2"], [Ready()]
        assert isinstance((await bench.run(remix)).phase, Done)
        assert bench.provider.orders[-1].method is RemixMethod.FRAME


async def test_an_original_that_does_not_play_is_no_reason_to_wait_for_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def spoilt(*_: object) -> bytes:
        raise SpoiltVideo("cut short")

    async with a_bench(tmp_path) as bench:
        bench.context.catalogue.renew(a_catalogue(a_card(remix=(RemixMethod.FRAME, RemixMethod.REPROMPT))))
        source = await bench.run(await bench.order())
        bench.runner = Runner(replace(bench.context, shares_database=True))
        monkeypatch.setattr(bench.media, "still", spoilt)
        bench.provider.submits = ["video_2"]
        await bench.order(a_job(request=a_request(prompt="at night", source=source.id)))
        await bench.step()
        assert [order.method for order in bench.provider.orders] == [None, RemixMethod.REPROMPT]


async def test_an_order_is_run_again_where_another_process_has_its_picture(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        context, here = bench.context, LocalFiles(tmp_path / "others")
        await context.files.put(b"a fox", PICTURE.key)
        job = a_job(request=a_request(picture=PICTURE))
        orders = Quoting(context.catalogue, bench.media, here, context.remix_planner, shares_database=True)
        again = await bench.order(a_job(request=(await orders.again(job, None)).request))
        bench.runner = Runner(replace(context, shares_database=True))
        assert isinstance((await bench.run(again)).phase, Done)
        assert [order.picture for order in bench.provider.orders] == [b"a fox"]
        with pytest.raises(BadRequest, match="image was deleted"):
            await orders.again(replace(job, deleted=True), None)
        alone = Quoting(context.catalogue, bench.media, here, context.remix_planner)
        with pytest.raises(BadRequest, match="image was deleted"):
            await alone.again(job, None)


async def test_an_original_that_is_not_here_is_not_waited_for_once_another_method_was_tried(tmp_path: Path) -> None:
    """That method would be tried again each time."""
    methods = (RemixMethod.NATIVE, RemixMethod.FRAME, RemixMethod.REPROMPT)
    async with a_bench(tmp_path) as bench:
        bench.context.catalogue.renew(a_catalogue(a_card(remix=methods)))
        source = await bench.run(await bench.order())
        bench.runner = Runner(replace(bench.context, files=LocalFiles(tmp_path / "others"), shares_database=True))
        bench.provider.submits = [Unsupported("that video is not known here"), "video_2"]
        await bench.order(a_job(request=a_request(prompt="at night", source=source.id)))
        await bench.step()
        assert [order.method for order in bench.provider.orders] == [None, RemixMethod.NATIVE, RemixMethod.REPROMPT]
