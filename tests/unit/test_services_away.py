"""Jobs at a service that was removed from the settings, or that asks to be left alone for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.domain.errors import AccountTrouble, Gone, ProviderError, Unavailable
from bot.domain.ids import JobId
from bot.domain.money.costs import Period
from bot.domain.phases import Done, NeedsReview, Phase, Rendering, Saving, Unknown, name_of
from bot.domain.ports.provider import Asset
from bot.domain.video import RemixMethod
from bot.jobs.providers.throttle import Request
from bot.jobs.runner import Runner
from bot.jobs.steps.render import SPREAD
from tests.builders import NOON
from tests.scripted import ScriptedProvider
from tests.workbench import Bench, a_bench

METHOD = RemixMethod.FRAME
RENDERING = Rendering(remote_id="video_9", started_at=NOON, method=METHOD)
SAVING = Saving(remote_id="video_9", started_at=NOON, method=METHOD)
UNKNOWN = Unknown(sent_at=NOON, fingerprint="f", method=METHOD)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def due_in(bench: Bench, phase: Phase) -> JobId:
    job = await bench.job(await bench.order())
    return (await bench.store.decide(job, job.moved_to(phase), 0.0)).id


@pytest.mark.parametrize("phase", [RENDERING, SAVING, UNKNOWN], ids=name_of)
async def test_what_was_ordered_at_a_service_that_was_removed_is_a_persons_matter_and_stays_reserved(
    bench: Bench, phase: Phase
) -> None:
    job_id = await due_in(bench, phase)
    bench.runner = Runner(replace(bench.context, providers={}))
    await bench.step()
    job = await bench.job(job_id)
    assert isinstance(job.phase, NeedsReview)
    remote_id = None if isinstance(phase, Unknown) else "video_9"
    assert (job.phase.was, job.phase.remote_id) == (name_of(phase), remote_id)
    assert (job.phase.sent_at, job.phase.method) == (NOON, METHOD)
    assert (await bench.store.costs(job.guild_id, None, Period.MONTH)).reserved == job.quote


async def test_its_reason_names_that_service(bench: Bench) -> None:
    for phase in (RENDERING, SAVING):
        job_id = await due_in(bench, replace(phase, remote_id=name_of(phase)))
        bench.runner = Runner(replace(bench.context, providers={}))
        await bench.step()
        aside = (await bench.job(job_id)).phase
        assert isinstance(aside, NeedsReview)
        assert "“openai”" in str(aside.reason)


@pytest.mark.parametrize("phase", [RENDERING, SAVING, UNKNOWN], ids=name_of)
async def test_a_service_that_asks_to_be_left_alone_is_not_asked_about_what_it_has(bench: Bench, phase: Phase) -> None:
    job_id = await due_in(bench, phase)
    bench.context.throttle.hold("openai", Request.FREE, 60.0, bench.clock.now())
    await bench.step()
    assert (await bench.job(job_id)).phase == phase
    assert bench.provider.looked == []
    assert 60.0 <= (await bench.store.next_due() or 0.0) <= 60.0 * (1 + SPREAD)


async def test_a_wish_at_a_download_holds_for_looks_too(bench: Bench) -> None:
    await due_in(bench, SAVING)
    bench.provider.fetches = [Unavailable("busy", 120.0)]
    await bench.step()
    assert bench.context.throttle.seconds_left("openai", Request.FREE, bench.clock.now()) == 120.0
    assert await bench.store.next_due() == 120.0


@dataclass
class Thumbless(ScriptedProvider):
    """A service whose thumbnails cannot be had."""

    trouble: ProviderError = field(default_factory=lambda: Unavailable("away"))

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        if asset is Asset.THUMBNAIL:
            raise self.trouble
        return await super().fetch(remote_id, asset, target)


@pytest.mark.parametrize("trouble", [Unavailable("away"), AccountTrouble("refused"), Gone("404")], ids=str)
async def test_a_video_is_kept_with_its_pictures_though_its_service_gives_no_thumbnail(
    bench: Bench, trouble: ProviderError
) -> None:
    job_id = await due_in(bench, SAVING)
    bench.runner = Runner(replace(bench.context, providers={"openai": Thumbless(trouble=trouble)}))
    job = await bench.run(job_id)
    assert isinstance(job.phase, Done)
    for key in (job.phase.video.video, job.phase.video.poster, job.phase.video.sheet):
        async with bench.context.files.local(key) as path:
            assert path.exists()


async def test_renders_are_not_all_polled_at_the_moment_when_it_may_be_asked_again(bench: Bench) -> None:
    await due_in(bench, RENDERING)
    bench.context.throttle.hold("openai", Request.FREE, 60.0, bench.clock.now())
    await bench.step()
    assert (await bench.store.next_due() or 0.0) > 60.0
