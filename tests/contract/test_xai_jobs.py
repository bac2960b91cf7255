"""Jobs at xAI from order to books: the steps, the database, the adapter and the HTTP are real."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.ids import JobId
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Done, Failed, NeedsReview
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.video import Aim, RemixMethod
from bot.providers.xai.adapter import XaiVideos
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Fault, Hang, Operation, Reset, Say
from bot.sandbox.video.xai.orders import CLASSIC
from bot.sandbox.video.xai.service import XaiHost
from tests.builders import a_job, a_request, an_account
from tests.contract.job_scene import JobScene, a_job_scene
from tests.contract.video_services import StockFootage, a_picture, serving
from tests.contract.xai_services import SMALL, an_order
from tests.extent import only_in_full
from tests.scripted import SteppingClock

QUOTE, NOTHING = Usd.of("0.24"), Usd(0)  # for 4 s, like an edit
MADE = Usd.of("0.20")  # for 4 s, new
LEASE_SECONDS = 120.0  # and more
IN_FULL = only_in_full("one lost answer, one edit and what was withheld are tried always")
LOST = [
    pytest.param(Reset(after=True), id="reset"),
    pytest.param(Say(status=503, after=True), id="503", marks=IN_FULL),
    pytest.param(Say(body="<html>Hello</html>", after=True), id="HTML with 200", marks=IN_FULL),
]


class Scene(JobScene[XaiHost]):
    async def order(self, prompt: str, source: JobId | None = None, aim: Aim = Aim.CHANGE, quote: Usd = QUOTE) -> JobId:
        request = a_request(prompt=prompt, model=CLASSIC, seconds=4, size=SMALL, source=source)
        job = a_job(request=replace(request, aim=aim), account="xai", quote=quote)
        return (await self.store.add(job)).id


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    clock = SteppingClock()
    host = XaiHost(render_seconds=30, clock=lambda: clock.now().timestamp())
    host._lab = StockFootage(frame_rate=1, sound=False)
    async with serving({"/video/xai": host.application()}) as url:
        provider = XaiVideos(an_account("xai", key=SANDBOX_KEY, base_url=f"{url}/video/xai/v1"))
        card = replace(
            an_order().card,
            seconds=(4,),
            sizes=(SMALL,),
            per_second={SMALL: Usd.of("0.05")},
            remix_per_second={
                RemixMethod.NATIVE: {SMALL: Usd.of("0.06")},
                RemixMethod.EXTEND: {SMALL: Usd.of("0.17")},
            },
        )
        async with a_job_scene(Scene, tmp_path, clock, host, provider, card=card, picture=a_picture(SMALL)) as scene:
            yield scene


async def test_a_video_and_an_edit_of_it_are_settled_at_what_their_ticks_say(scene: Scene) -> None:
    source = await scene.ended(await scene.order("a red fox"))
    assert (source.cost, await scene.spent(source)) == (MADE, (MADE, NOTHING))
    edit = await scene.ended(await scene.order("at night", source.id))
    assert isinstance(edit.phase, Done)
    assert edit.phase.method is RemixMethod.NATIVE
    assert (edit.cost, await scene.spent(edit)) == (QUOTE, (MADE + QUOTE, NOTHING))
    assert [made.operation for made in scene.host.created] == [Operation.CREATE, Operation.EDIT]


@IN_FULL
async def test_an_extension_costs_no_more_than_was_quoted(scene: Scene) -> None:
    source = await scene.ended(await scene.order("a red fox"))
    quote = Usd.of("0.68")
    longer = await scene.ended(await scene.order("it hops", source.id, Aim.EXTEND, quote))
    assert isinstance(longer.phase, Done)
    assert longer.phase.method is RemixMethod.EXTEND
    assert scene.host.created[-1].operation is Operation.EXTEND
    assert longer.cost is not None
    assert MADE < longer.cost <= quote
    assert await scene.spent(longer) == (MADE + longer.cost, NOTHING)


@IN_FULL
async def test_a_video_that_xai_no_longer_has_is_remixed_from_its_frame(scene: Scene) -> None:
    source = await scene.ended(await scene.order("a red fox"))
    scene.clock.forward(25 * 3600)
    again = await scene.ended(await scene.order("in the rain", source.id))
    assert isinstance(again.phase, Done)
    assert again.phase.method is RemixMethod.FRAME
    assert [made.operation for made in scene.host.created] == [Operation.CREATE, Operation.CREATE]


async def test_what_moderation_withholds_is_booked_to_the_tick(scene: Scene) -> None:
    job = await scene.ended(await scene.order("a fox [moderated]"))
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, job.phase.charged) == (Cause.MODERATION, True)
    assert await scene.spent(job) == (MADE, NOTHING)


@pytest.mark.parametrize("lost", LOST)
async def test_a_lost_order_is_adopted_without_a_person_and_sent_once(scene: Scene, lost: Fault) -> None:
    scene.host.trouble.next(Operation.CREATE, lost)
    job = await scene.ended(await scene.order("a fox"))
    assert isinstance(job.phase, Done)
    assert job.phase.remote_id.startswith("file:")
    assert len(scene.host.created) == 1
    assert await scene.spent(job) == (MADE, NOTHING)  # its cost is not reported: its price is booked


@IN_FULL
async def test_an_order_whose_sender_died_is_adopted_too(scene: Scene) -> None:
    scene.host.trouble.next(Operation.CREATE, Hang(after=True))
    job_id = await scene.order("a fox")
    (lease,) = await scene.store.claim("another worker", ConcurrencyLimits(total=3), 10)
    sending = asyncio.create_task(scene.runner.advance(lease))
    async with asyncio.timeout(10):
        while not scene.host.created:  # noqa: ASYNC110 (the simulated host tells nobody)
            await asyncio.sleep(0.01)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    scene.clock.forward(LEASE_SECONDS)
    job = await scene.ended(job_id)
    assert isinstance(job.phase, Done)
    assert len(scene.host.created) == 1


@IN_FULL
async def test_a_lost_edit_is_adopted_too(scene: Scene) -> None:
    source = await scene.ended(await scene.order("a red fox"))
    scene.host.trouble.next(Operation.EDIT, Reset(after=True))
    edit = await scene.ended(await scene.order("at night", source.id))
    assert isinstance(edit.phase, Done)
    assert (edit.phase.method, edit.phase.remote_id[:5]) == (RemixMethod.NATIVE, "file:")
    assert len(scene.host.created) == 2


@IN_FULL
async def test_two_lost_orders_alike_get_a_video_each(scene: Scene) -> None:
    scene.host.trouble.next(Operation.CREATE, Reset(after=True), Reset(after=True))
    first, second = [await scene.ended(await scene.order("a fox")) for _ in range(2)]
    assert isinstance(first.phase, Done)
    assert isinstance(second.phase, Done)
    assert first.phase.remote_id != second.phase.remote_id
    assert len(scene.host.created) == 2


@IN_FULL
@pytest.mark.parametrize("prompt", ["a fox", "a fox [moderated]"], ids=["never taken", "withheld"])
async def test_a_lost_order_that_leaves_no_file_goes_before_a_person(scene: Scene, prompt: str) -> None:
    scene.host.trouble.next(Operation.CREATE, Reset(after="moderated" in prompt))
    job = await scene.ended(await scene.order(prompt))
    assert isinstance(job.phase, NeedsReview)
    assert scene.host.asked[Operation.CREATE] == 1
    assert await scene.spent(job) == (NOTHING, QUOTE)


@IN_FULL
async def test_files_that_cannot_be_listed_for_now_are_listed_later(scene: Scene) -> None:
    scene.host.trouble.next(Operation.CREATE, Reset(after=True))
    scene.host.trouble.next(Operation.LIST, Say(status=500), Say(status=429), Reset(), Say(body="<html>"))
    job = await scene.ended(await scene.order("a fox"))
    assert isinstance(job.phase, Done)
    assert len(scene.host.created) == 1


@IN_FULL
@pytest.mark.parametrize(
    "trouble",
    [
        {Operation.LOOK: [Say(status=500), Say(status=404, body={"error": "no"}), Say(status=401), Say(body="{")]},
        {Operation.LOOK: [Reset(), Say(body={"status": "dreaming"}), Say(status=202, body={"progress": 250})]},
        {Operation.CONTENT: [Reset()], Operation.FILE: [Reset()]},
        {Operation.CONTENT: [Say(status=403)], Operation.FILE: [Say(status=500)]},
        {Operation.CONTENT: [Say(status=404)]},
    ],
)
async def test_trouble_after_the_order_loses_nothing(scene: Scene, trouble: dict[Operation, list[Fault]]) -> None:
    for operation, faults in trouble.items():
        scene.host.trouble.next(operation, *faults)
    job = await scene.ended(await scene.order("a fox"), most=200)
    assert scene.host.trouble.is_over
    assert isinstance(job.phase, Done)
    assert len(scene.host.created) == 1
    assert await scene.spent(job) == (MADE, NOTHING)
