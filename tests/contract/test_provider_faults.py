"""Everything that can go wrong at a video service: how the job ends, what its card says, and what it costs.

The adapter, the steps, the database and the files are real, and so is the HTTP between them and a simulated service
with scripted faults. Time is stepped through, so a day passes in no time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import TOLD_AFTER, Done, Failed, NeedsReview, Queued, Rendering, Saving
from bot.jobs.runner import MOST_CRASHES, Runner
from bot.jobs.steps.render import MOST_OVERDUE
from bot.jobs.timing.estimates import JobEstimate
from bot.jobs.use_cases.costs import CostsAsked, CostsScope
from bot.providers.common.timeouts import Timeouts
from bot.providers.openai.adapter import OpenAIVideos
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Drip, Fault, Hang, Operation, Reset, Say, Truncate
from bot.ui.cards.job_card import CardFacts, JobCard
from bot.ui.screens.reports.costs import CostsList
from storage.files.local import LocalFiles
from tests.builders import a_job, a_request, an_account
from tests.contract.job_scene import JobScene, a_stored_context
from tests.contract.video_services import StockFootage, closed_in_the_end, serving
from tests.extent import only_in_full
from tests.scripted import RecordingPublisher, SteppingClock

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

IMPATIENT = Timeouts(submit=1.5, look=1.5, silence=1.5, window=0.5, least_bytes=1_000_000)
RENDER_SECONDS = 10.0  # each poll takes a fraction of that
CREATE, LOOK, CONTENT = Operation.CREATE, Operation.LOOK, Operation.CONTENT
HTML = Say(body="<html>502 Bad Gateway</html>")
EMPTY = Say(body="", headers={"Content-Type": "application/json"})
TRUNCATED = Say(body='{"id": "video_1", "stat', headers={"Content-Type": "application/json"})
PRICE, NOTHING = Usd.of("0.40"), Usd(0)
LIKE_ANOTHER = only_in_full("another of these goes the same way")


class SmallDisk(LocalFiles):
    """A folder on a disk that a test can fill."""

    is_full = False

    async def free_bytes(self) -> int:
        return 0 if self.is_full else await super().free_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene(JobScene[VideoHost]):
    """A simulated service and everything of Kinora's between it and a card."""

    most: ClassVar[int] = 200

    publisher: RecordingPublisher
    files: SmallDisk

    async def order(self, prompt: str = "a fox in the snow") -> JobId:
        return (await self.store.add(a_job(request=a_request(prompt=prompt)))).id

    async def stuck(self, job_id: JobId) -> Job:
        """Until people are told that its video is not delivered."""
        while not (isinstance(phase := (job := await self.job(job_id)).phase, Saving) and phase.is_stuck):
            assert isinstance(phase, Saving)
            await self.step()
        return job

    async def assert_costs(self, job: Job, *, spent: Usd = NOTHING, reserved: Usd = NOTHING) -> None:
        """What /costs says, and that the books behind it add up."""
        costs = await self.store.costs(job.guild_id, None, Period.MONTH)
        assert (costs.spent, costs.reserved) == (spent, reserved)
        assert f"The server has spent {spent} " in words(CostsList(costs, CostsAsked(scope=CostsScope.SERVER)))
        assert await self.store.check_books() == []


@asynccontextmanager
async def playing(folder: Path, patience: Timeouts) -> AsyncIterator[Scene]:
    clock, publisher, files = SteppingClock(), RecordingPublisher(), SmallDisk(folder / "files")
    host = VideoHost(render_seconds=RENDER_SECONDS, clock=lambda: clock.now().timestamp())
    host._lab = StockFootage(frame_rate=1, sound=False)
    async with serving({"/video": host.application()}) as url:
        provider = OpenAIVideos(an_account(key=SANDBOX_KEY, base_url=f"{url}/video/v1"), patience)
        stored = a_stored_context(folder, clock, provider, publisher=publisher, files=files)
        async with stored as (store, context), closed_in_the_end(provider):
            yield Scene(host=host, clock=clock, store=store, runner=Runner(context), publisher=publisher, files=files)


@pytest.fixture
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    """Impatient only with what never ends: a busy machine takes its time, too."""
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    faults = [params.get("fault"), *params.get("faults", ())]
    endless = any(isinstance(fault, Hang | Drip) for fault in faults)
    async with playing(tmp_path, IMPATIENT if endless else Timeouts()) as scene:
        yield scene


def words(view: Any) -> str:
    """All text on a card."""
    return "\n".join(part.content for part in view.walk_children() if hasattr(part, "content"))


def card(job: Job) -> str:
    return words(JobCard(job, CardFacts(estimate=JobEstimate(line=None, ready_at=None))))


# The order


@pytest.mark.parametrize("status", [429, 401, pytest.param(402, marks=LIKE_ANOTHER)])
async def test_create_answered_with_no_is_sent_again_later_and_paid_once(scene: Scene, status: int) -> None:
    said = {429: "busy", 401: "account", 402: "account"}
    scene.host.trouble.next(CREATE, Say(status=status, body={"error": {}}, headers={"Retry-After": "40"}))
    job_id = await scene.order()
    began = scene.clock.now()
    await scene.step()
    job = await scene.job(job_id)
    assert isinstance(job.phase, Queued)
    assert said[status] in str(job.phase.waits_for)
    await scene.assert_costs(job, reserved=PRICE)
    job = await scene.until(job_id, Rendering)
    assert (scene.clock.now() - began).total_seconds() >= 40
    assert len(scene.host.created) == 1
    await scene.assert_costs(await scene.ended(job_id), spent=PRICE)


UNCLEAR = [
    pytest.param(Say(status=500, after=True), id="500"),
    pytest.param(Say(status=502, after=True), id="502", marks=LIKE_ANOTHER),
    pytest.param(Say(status=504, after=True), id="504"),
    pytest.param(Hang(after=True), id="time-out"),
    pytest.param(Reset(after=True), id="reset"),
    pytest.param(Say(body="garbage \0\xff", after=True), id="garbage with 200"),
    pytest.param(Say(body=HTML.body, after=True), id="HTML with 200", marks=LIKE_ANOTHER),
    pytest.param(Say(body="", after=True), id="nothing with 200"),
    pytest.param(
        Say(body=TRUNCATED.body, headers=TRUNCATED.headers, after=True),
        id="truncated JSON with 200",
        marks=LIKE_ANOTHER,
    ),
    pytest.param(Say(body={"object": "video", "status": "queued"}, after=True), id="missing id"),
    pytest.param(Say(body={"id": None, "status": "queued"}, after=True), id="id is null", marks=LIKE_ANOTHER),
]


def is_its_own(fault: Fault) -> bool:
    """Whether the service itself reports that it failed, rather than a proxy."""
    return isinstance(fault, Say) and fault.status == 500


@pytest.mark.parametrize("fault", UNCLEAR)
async def test_create_without_a_clear_answer_is_found_and_paid_once(scene: Scene, fault: Fault) -> None:
    scene.host.trouble.next(CREATE, fault)
    job_id = await scene.order()
    await scene.step()
    job = await scene.job(job_id)
    assert ("The service failed to take the order" if is_its_own(fault) else "The service's reply was lost") in card(
        job
    )
    await scene.assert_costs(job, reserved=PRICE)
    job = await scene.ended(job_id)
    assert isinstance(job.phase, Done)
    assert (scene.host.asked[CREATE], len(scene.host.created)) == (1, 1)
    assert job.phase.remote_id == scene.host.created[0].id
    await scene.assert_costs(job, spent=PRICE)


async def test_what_the_service_failed_to_take_is_ordered_once_more_and_paid_once(scene: Scene) -> None:
    scene.host.trouble.next(CREATE, Say(status=500))
    job_id, began = await scene.order(), scene.clock.now()
    job = await scene.until(job_id, Rendering)
    assert 60 <= (scene.clock.now() - began).total_seconds() < 70
    assert (scene.host.asked[CREATE], len(scene.host.created)) == (2, 1)
    await scene.assert_costs(job, reserved=PRICE)
    await scene.assert_costs(await scene.ended(job_id), spent=PRICE)


async def test_what_it_fails_to_take_twice_costs_nothing_and_is_not_ordered_again(scene: Scene) -> None:
    scene.host.trouble.next(CREATE, Say(status=500), Say(status=500))
    job = await scene.ended(await scene.order())
    assert isinstance(job.phase, Failed)
    assert "didn't take this order, although Kinora sent it twice. You weren't charged." in card(job)
    assert (scene.host.asked[CREATE], len(scene.host.created)) == (2, 0)
    await scene.assert_costs(job)


@pytest.mark.parametrize("fault", [Say(status=502), Say(status=504), Reset(), HTML, EMPTY, TRUNCATED], ids=str)
async def test_create_that_was_never_taken_costs_nothing_and_is_not_sent_again(scene: Scene, fault: Fault) -> None:
    scene.host.trouble.next(CREATE, fault)
    job = await scene.ended(await scene.order())
    assert isinstance(job.phase, Failed)
    assert "The video service never received this order. You weren't charged." in card(job)
    assert (scene.host.asked[CREATE], len(scene.host.created)) == (1, 0)
    await scene.assert_costs(job)


async def test_moderated_input_fails_for_free_and_says_what_to_change(scene: Scene) -> None:
    job = await scene.ended(await scene.order("a [refused] fox"))
    assert "rejected this prompt. You weren't charged. Try without real people" in card(job)
    await scene.assert_costs(job)


# The render


def a_look(**fields: object) -> Say:
    return Say(body={"id": "video_1", "object": "video", "status": "in_progress", "progress": 10} | fields)


PASSING: Sequence[Any] = [
    pytest.param([Say(status=429, headers={"Retry-After": "7"})], id="429"),
    pytest.param([Say(status=500), Say(status=502), Say(status=504)], id="500 502 504"),
    pytest.param([Hang()], id="time-out"),
    pytest.param([Reset(), Reset()], id="reset"),
    pytest.param([HTML], id="HTML with 200"),
    pytest.param([EMPTY], id="nothing with 200"),
    pytest.param([TRUNCATED], id="truncated JSON with 200"),
    pytest.param([Say(body={"status": "completed"})], id="missing id"),
    pytest.param([a_look(status="dreaming")], id="unknown status"),
    pytest.param([a_look(status=7)], id="status is a number"),
    pytest.param([a_look(progress=-5)], id="progress -5"),
    pytest.param([a_look(progress=250)], id="progress 250"),
    pytest.param([a_look(progress=None)], id="progress null"),
    pytest.param([a_look(progress=33.4)], id="progress 33.4"),
    pytest.param([Say(status=404)], id="one 404"),
    pytest.param([Say(status=401), Say(status=402)], id="401 402"),
    pytest.param([Say(status=403)], id="403"),
]


@pytest.mark.parametrize("faults", PASSING)
async def test_trouble_while_looking_fails_no_job(scene: Scene, faults: list[Fault]) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Rendering)
    scene.host.trouble.next(LOOK, *faults)
    while not scene.host.trouble.is_over:
        await scene.step()
        job = await scene.job(job_id)
        assert isinstance(job.phase, Rendering)
        assert job.phase.progress is None or 0 <= job.phase.progress <= 99
        assert "**Rendering**" in card(job)
    job = await scene.ended(job_id)
    assert isinstance(job.phase, Done)
    assert len(scene.host.created) == 1
    await scene.assert_costs(job, spent=PRICE)


@pytest.mark.parametrize(("operation", "phase"), [(LOOK, Rendering), (CONTENT, Saving)])
async def test_a_wait_that_is_asked_for_is_kept(scene: Scene, operation: Operation, phase: type) -> None:
    job_id = await scene.order()
    await scene.until(job_id, phase)
    scene.host.trouble.next(operation, Say(status=429, headers={"Retry-After": "50"}))
    asked = scene.host.asked[operation]
    while scene.host.asked[operation] == asked:
        await scene.step()
    began, asked = scene.clock.now(), scene.host.asked[operation]
    while scene.host.asked[operation] == asked:
        await scene.step()
    assert (scene.clock.now() - began).total_seconds() >= 50


async def test_progress_that_goes_backwards_is_not_shown(scene: Scene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Rendering)
    scene.host.trouble.next(LOOK, a_look(progress=60), a_look(progress=20), a_look(status="queued", progress=0))
    seen = []
    while not scene.host.trouble.is_over:
        await scene.step()
        phase = (await scene.job(job_id)).phase
        assert isinstance(phase, Rendering)
        seen.append(phase.progress)
    assert sorted(seen, key=lambda progress: progress or 0) == seen
    assert seen[-1] == 60


async def test_completed_that_is_queued_again_is_fetched_when_it_is_there(scene: Scene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Rendering)
    scene.host.trouble.next(LOOK, a_look(status="completed"))
    job = await scene.until(job_id, Saving)
    await scene.step()
    assert isinstance((await scene.job(job_id)).phase, Saving)
    job = await scene.ended(job_id)
    assert isinstance(job.phase, Done)
    await scene.assert_costs(job, spent=PRICE)


async def test_404_for_ever_goes_before_a_person_with_the_money_set_aside(scene: Scene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Rendering)
    scene.host.trouble.next(LOOK, *[Say(status=404)] * 3)
    job = await scene.ended(job_id)
    assert isinstance(job.phase, NeedsReview)
    assert "now says it has no such video. It may have been charged." in card(job)
    await scene.assert_costs(job, reserved=PRICE)


async def test_never_finishing_goes_before_a_person_after_a_day(scene: Scene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Rendering)
    scene.host.trouble.next(LOOK, *[a_look(progress=99)] * (MOST_OVERDUE + 3))
    await scene.step()
    scene.clock.forward(25 * 3600)
    job = await scene.ended(job_id)
    assert "hasn't finished this video in a day. It may have been charged." in card(job)
    await scene.assert_costs(job, reserved=PRICE)


async def test_moderated_output_fails_for_free_and_says_why(scene: Scene) -> None:
    job = await scene.ended(await scene.order("a [moderated] fox"))
    assert isinstance(job.phase, Failed)
    assert "moderation blocked this video" in card(job)
    assert "You weren't charged." in card(job)
    await scene.assert_costs(job)


# The file

CURED: Sequence[Any] = [
    pytest.param([Say(status=429)], id="429"),
    pytest.param([Say(status=500), Say(status=502)], id="500 502"),
    pytest.param([Say(status=401)], id="401"),
    pytest.param([Reset()], id="reset"),
    pytest.param([Hang()], id="hang"),
    pytest.param([Truncate(keep=1000)], id="truncated"),
    pytest.param([Say(body=b"\0" * 5000, headers={"Content-Type": "video/mp4"})], id="not an MP4"),
    pytest.param([Say(body=b"", headers={"Content-Type": "video/mp4"})], id="zero bytes"),
    pytest.param([Drip(size=500, pause=0.02)], id="slow drip"),
    pytest.param([Say(status=403)], id="expired address 403"),
    pytest.param([Say(status=404)], id="expired address 404"),
]


@pytest.mark.parametrize("faults", CURED)
async def test_trouble_with_the_file_is_cured_by_another_try(scene: Scene, faults: list[Fault]) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Saving)
    scene.host.trouble.next(CONTENT, *faults)
    await scene.step()
    job = await scene.job(job_id)
    assert isinstance(job.phase, Saving)
    assert "Downloading…" in card(job)
    job = await scene.ended(job_id)
    assert isinstance(job.phase, Done)
    assert [delivered for delivered, _ in scene.publisher.delivered] == [job_id]
    assert job.video is not None
    assert job.video.bytes > 5000
    await scene.assert_costs(job, spent=PRICE)


async def test_completed_without_a_file_is_told_to_people_and_tried_until_it_is_there(scene: Scene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Saving)
    scene.host.trouble.next(CONTENT, *[Say(status=404)] * TOLD_AFTER)
    job = await scene.stuck(job_id)
    assert "The download keeps failing" in card(job)
    assert scene.publisher.delivered == []
    await scene.assert_costs(job, spent=PRICE)
    assert isinstance((await scene.ended(job_id)).phase, Done)


async def test_a_file_that_expired_at_the_service_says_so_and_stays_paid(scene: Scene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Saving)
    scene.clock.forward(24 * 3600)
    job = await scene.ended(job_id)
    assert isinstance(job.phase, Failed)
    assert "the service no longer has it. The service still charged for this ($0.40)." in card(job)
    await scene.assert_costs(job, spent=PRICE)


async def test_a_file_larger_than_the_cap_is_never_taken_and_stays_paid(tmp_path: Path) -> None:
    async with playing(tmp_path, Timeouts(most_bytes=10_000)) as scene:
        job_id = await scene.order()
        await scene.until(job_id, Saving)
        job = await scene.stuck(job_id)
        await scene.assert_costs(job, spent=PRICE)
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


# The disk


async def test_a_full_disk_stops_orders_and_not_downloads(scene: Scene) -> None:
    paid = await scene.order("already paid")
    await scene.until(paid, Saving)
    scene.files.is_full = True
    waiting = await scene.order("not yet paid")
    assert isinstance((await scene.ended(paid)).phase, Done)
    for _ in range(5):
        await scene.step()
    job = await scene.job(waiting)
    assert isinstance(job.phase, Queued)
    assert str(job.phase.waits_for) == "The bot's disk is full. Orders wait until there's room."
    assert len(scene.host.created) == 1
    scene.files.is_full = False
    job = await scene.ended(waiting)
    assert isinstance(job.phase, Done)
    assert len(scene.host.created) == 2
    await scene.assert_costs(job, spent=PRICE + PRICE)


async def test_while_the_disk_is_gone_orders_wait_and_are_sent_once_it_is_back(scene: Scene, tmp_path: Path) -> None:
    """As with a stale network drive: not even its free space can be told, however often that is tried."""
    folder = tmp_path / "files"
    assert not folder.exists()  # nothing was stored yet
    folder.write_text("nothing can be stored here")
    waiting = await scene.order()
    for _ in range(MOST_CRASHES + 1):
        await scene.step()
    job = await scene.job(waiting)
    assert isinstance(job.phase, Queued)
    assert str(job.phase.waits_for) == "The bot can't store files now. Orders wait until that's fixed."
    assert len(scene.host.created) == 0
    folder.unlink()
    assert isinstance((await scene.ended(waiting)).phase, Done)
    assert len(scene.host.created) == 1
