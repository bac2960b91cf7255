"""From five renders on, an account's list answers for many in one request; an end is always looked at individually."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import AccountTrouble, Gone, ProviderError, Unavailable
from bot.domain.ids import JobId
from bot.domain.phases import NeedsReview, Phase, Rendering, Saving
from bot.domain.ports.provider import Look, Ready, StillMade, Waiting
from bot.jobs.providers.list_looks import (
    FORGOTTEN,
    MOST_KNOWN,
    MOST_SLICES,
    NO_LIST,
    SLICE,
    TOGETHER,
    TRUSTED,
    WITHOUT,
    ListLooks,
)
from bot.jobs.steps.render import MISSING_WAIT
from tests.builders import NOON, a_job
from tests.scripted import ScriptedProvider
from tests.workbench import PLACES, Bench, a_bench

FIVE = [f"video_{number}" for number in range(5)]
GOES_ON = Waiting(progress=40)


@dataclass
class Lister(ScriptedProvider):
    """A service whose list may fail; every render it is asked about is in progress unless scripted otherwise."""

    trouble: ProviderError | ValueError | None = None
    looks: list[Look | ProviderError] = field(default_factory=lambda: [GOES_ON])
    waiting: dict[str, Waiting] | None = field(default_factory=lambda: dict.fromkeys(FIVE, GOES_ON))

    async def still_made(self, remote_ids: Collection[str], due: Collection[str]) -> StillMade | None:
        shown = await super().still_made(remote_ids, due)
        if self.trouble is not None:
            raise self.trouble
        return shown


@dataclass
class Scene:
    provider: Lister = field(default_factory=Lister)
    nudged: list[JobId] = field(default_factory=list)
    now: float = 1000.0
    database_is_away: bool = False

    def __post_init__(self) -> None:
        self.looks = ListLooks(self._nudge, lambda: self.now)

    async def _nudge(self, job_id: JobId) -> None:
        if self.database_is_away:
            raise OSError("the database is away")
        self.nudged.append(job_id)

    async def ask(self, remote_id: str) -> Look:
        return await self.looks.look(self.provider, JobId(f"job of {remote_id}"), remote_id)

    async def ask_all(self, remote_ids: Collection[str] = FIVE) -> list[Look | BaseException]:
        """Ask about all at once."""
        return await asyncio.gather(*map(self.ask, remote_ids), return_exceptions=True)

    async def known(self) -> None:
        """A list showed all five in progress."""
        await self.ask_all()
        await self.ask_all()
        self.provider.glances.clear()
        self.provider.looked.clear()


async def test_four_are_looked_at_one_by_one() -> None:
    scene = Scene()
    for _ in range(3):
        assert await scene.ask_all(FIVE[:4]) == [GOES_ON] * 4
    assert scene.provider.glances == []
    assert scene.provider.looked == FIVE[:4] * 3


async def test_five_are_looked_at_by_one_request() -> None:
    scene = Scene()
    await scene.known()
    assert await scene.ask_all() == [GOES_ON] * 5
    assert scene.provider.glances == [FIVE]
    assert scene.provider.looked == []


@pytest.mark.parametrize(
    ("count", "slices"),
    [(2 * SLICE + 5, [SLICE, SLICE, 5]), (2 * SLICE * MOST_SLICES, MOST_SLICES * [2 * SLICE])],
    ids=["many", "more than small slices could tell in time"],
)
async def test_when_a_list_tells_of_many_their_looks_go_on_slice_by_slice(count: int, slices: list[int]) -> None:
    """Interactions are answered in between."""
    scene, many, gone_on = Scene(), [f"video_{number}" for number in range(count)], Counter[int]()
    await scene.known()
    scene.provider.waiting = dict.fromkeys(many, GOES_ON)
    rounds = 0

    async def ask(remote_id: str) -> Look:
        seen = await scene.ask(remote_id)
        gone_on[rounds] += 1
        return seen

    asking = asyncio.gather(*map(ask, many))
    while not asking.done():
        rounds += 1
        await asyncio.sleep(0)
    assert await asking == [GOES_ON] * len(many)
    assert list(gone_on.values()) == slices


async def test_what_the_list_does_not_show_is_looked_at_alone() -> None:
    scene = Scene()
    await scene.known()
    scene.provider.waiting = dict.fromkeys(FIVE[1:], GOES_ON)
    scene.provider.looks = [Ready()]
    assert await scene.ask_all() == [Ready(), *[GOES_ON] * 4]
    assert scene.provider.looked == FIVE[:1]
    assert scene.nudged == []  # it was looked at already


async def test_one_that_is_gone_from_the_list_is_due_at_once_and_looked_at_alone() -> None:
    scene = Scene()
    await scene.known()
    scene.provider.waiting = dict.fromkeys(FIVE[1:], GOES_ON)
    assert await scene.ask(FIVE[4]) == GOES_ON
    assert scene.nudged == [f"job of {FIVE[0]}"]
    await scene.ask(FIVE[0])
    assert (len(scene.provider.glances), scene.provider.looked) == (1, FIVE[:1])


async def test_one_that_is_older_than_the_list_reaches_is_not_taken_for_ended_again_and_again() -> None:
    scene = Scene()
    await scene.known()
    for _ in range(3):
        scene.provider.waiting = dict.fromkeys(FIVE[1:], GOES_ON)
        await scene.ask(FIVE[4])
        await scene.ask(FIVE[0])
        scene.provider.waiting = dict.fromkeys(FIVE, GOES_ON)
        await scene.ask(FIVE[4])
    assert scene.nudged == [f"job of {FIVE[0]}"]


async def test_one_that_may_be_on_a_page_that_was_not_read_is_not_taken_for_ended() -> None:
    scene = Scene()
    await scene.known()
    scene.provider.waiting, scene.provider.unread = dict.fromkeys(FIVE[2:], GOES_ON), frozenset(FIVE[:2])
    await scene.ask(FIVE[4])
    assert scene.nudged == []
    scene.provider.unread = frozenset(FIVE[:1])  # the next list reads one page more, and one video is gone
    await scene.ask(FIVE[4])
    assert scene.nudged == [f"job of {FIVE[1]}"]


async def test_one_that_is_due_and_on_a_page_that_was_not_read_is_looked_at_alone() -> None:
    scene = Scene()
    await scene.known()
    scene.provider.waiting, scene.provider.unread = dict.fromkeys(FIVE[1:], GOES_ON), frozenset(FIVE[:1])
    assert await scene.ask_all() == [GOES_ON] * 5
    assert scene.provider.looked == FIVE[:1]


@pytest.mark.parametrize("ended", [Ready(), Gone("no such video")], ids=["ready", "gone"])
async def test_one_that_ended_is_not_asked_about_any_more(ended: Look | ProviderError) -> None:
    scene = Scene()
    await scene.known()
    scene.provider.waiting = dict.fromkeys(FIVE[1:], GOES_ON)
    scene.provider.looks = [ended, GOES_ON]
    await scene.ask_all(FIVE[:1])
    await scene.ask(FIVE[4])  # four are left, too few for the list
    assert scene.provider.glances == [FIVE]
    assert scene.provider.looked == [FIVE[0], FIVE[4]]


@pytest.mark.parametrize(
    "trouble",
    [
        Unavailable("away"),
        AccountTrouble("no right to lists"),
        AccountTrouble("no right to lists", 30.0),
        ValueError("a list that we cannot read"),
    ],
)
async def test_a_list_in_trouble_is_left_alone_for_a_while_and_no_look_fails(
    trouble: ProviderError | ValueError,
) -> None:
    scene = Scene()
    await scene.known()
    scene.provider.trouble = trouble
    for _ in range(2):
        assert await scene.ask_all() == [GOES_ON] * 5
    assert (len(scene.provider.glances), scene.provider.looked) == (1, FIVE * 2)
    scene.now += WITHOUT
    scene.provider.trouble = None
    await scene.ask_all()  # by now a list alone isn't trusted
    await scene.ask_all()
    assert (len(scene.provider.glances), len(scene.provider.looked)) == (2, 15)


async def test_a_list_that_fails_says_of_nothing_that_it_ended() -> None:
    scene = Scene()
    await scene.known()
    scene.provider.trouble = Unavailable("away")
    await scene.ask(FIVE[0])
    assert (scene.nudged, scene.provider.looked) == ([], FIVE[:1])


async def test_a_list_is_asked_again_after_all_have_ended_at_once() -> None:
    scene = Scene()
    await scene.known()
    scene.provider.waiting = {}
    await scene.ask(FIVE[0])
    assert len(scene.nudged) == 4
    scene.provider.waiting = dict.fromkeys(["another", *FIVE], GOES_ON)
    assert await scene.ask("another") == GOES_ON
    assert (len(scene.provider.glances), scene.provider.looked) == (2, FIVE[:1])


async def test_a_service_that_asks_to_be_left_alone_is_not_asked_about_each() -> None:
    scene = Scene()
    await scene.known()
    scene.provider.trouble = busy = Unavailable("too many requests", 30.0)
    assert await scene.ask_all() == [busy] * 5
    assert scene.provider.looked == []


async def test_that_it_asks_so_is_no_error_of_ours_if_nobody_waits_for_its_list_any_more() -> None:
    scene, errors = Scene(), list[dict[str, Any]]()
    await scene.known()
    scene.provider.trouble = Unavailable("too many requests", 30.0)
    asyncio.get_running_loop().set_exception_handler(lambda _, error: errors.append(error))
    asking = asyncio.create_task(scene.ask(FIVE[0]))
    await asyncio.sleep(0)
    asking.cancel()
    for _ in range(3):  # until the task that asked for the list is let go of
        await asyncio.sleep(0)
    assert (asking.cancelled(), scene.provider.glances) == (True, [FIVE])
    del asking
    scene.provider.trouble = None
    gc.collect()  # now nobody has asked for the answer's error, and nobody can
    assert errors == []


@pytest.mark.parametrize("waiting", [None, {}, {"another id": GOES_ON}])
async def test_a_service_without_such_a_list_is_not_asked_for_it_again(waiting: dict[str, Waiting] | None) -> None:
    scene = Scene()
    scene.provider.waiting = waiting
    await scene.known()
    assert await scene.ask_all() == [GOES_ON] * 5
    assert scene.provider.glances == []
    scene.now += NO_LIST if waiting is None else WITHOUT
    await scene.ask_all()  # individually, after so long
    for _ in range(2):
        await scene.ask_all()
    assert len(scene.provider.glances) == 1


async def test_a_list_is_not_believed_for_ever() -> None:
    scene = Scene()
    await scene.known()
    scene.now += TRUSTED
    await scene.ask_all()
    assert (scene.provider.glances, scene.provider.looked) == ([], FIVE)


async def test_those_that_a_list_is_not_believed_of_any_more_are_not_looked_at_all_at_once() -> None:
    scene = Scene()
    many = [f"render {number}" for number in range(60)]
    scene.provider.waiting = dict.fromkeys(many, GOES_ON)
    await scene.ask_all(many)
    at_once = list[int]()
    for _ in range(20):
        scene.provider.looked.clear()
        scene.now += 5
        await scene.ask_all(many)
        at_once.append(len(scene.provider.looked))
    assert max(at_once) < len(many) / 2
    assert sum(at_once[:12]) >= len(many)  # each within a minute


async def test_what_a_list_will_not_do_for_is_looked_at_alone() -> None:
    scene = Scene()
    await scene.known()
    assert await scene.looks.look(scene.provider, JobId("job"), FIVE[0], alone=True) == GOES_ON
    assert (scene.provider.glances, scene.provider.looked) == ([], FIVE[:1])


async def test_a_nudge_that_cannot_be_stored_fails_no_look(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    await scene.known()
    scene.database_is_away = True
    scene.provider.waiting = dict.fromkeys(FIVE[2:], GOES_ON)
    assert await scene.ask_all(FIVE[2:]) == [GOES_ON] * 3
    await asyncio.sleep(0)
    assert [record.message for record in caplog.records] == [
        "renders that have left a list are not looked at before they are due"
    ]
    await scene.ask_all(FIVE[:2])
    assert scene.provider.looked == FIVE[:2]


async def test_what_is_made_one_after_the_other_is_watched_one_by_one() -> None:
    scene = Scene()
    scene.provider.in_order = True
    await scene.known()
    await scene.ask_all()
    assert (scene.provider.glances, scene.provider.looked) == ([], FIVE)


async def test_looks_of_an_account_with_a_list_fall_together() -> None:
    scene = Scene()
    assert scene.looks.together("openai", 5000.7) == 5000.7
    await scene.known()
    moments = {scene.looks.together("openai", 5000.0 + part / 10) for part in range(20)}
    assert len(moments) == 2
    assert all(moment % TOGETHER == 0 for moment in moments)


async def test_looks_fall_together_only_while_the_list_is_used() -> None:
    scene = Scene()
    scene.provider.in_order = True
    await scene.known()
    assert scene.looks.together("openai", 5000.7) == 5000.7
    scene = Scene()
    await scene.known()
    scene.provider.trouble = Unavailable("away")
    await scene.ask_all()
    assert scene.looks.together("openai", 5000.7) == 5000.7


async def test_who_asks_a_moment_later_shares_the_request() -> None:
    scene = Scene()
    await scene.known()
    first = asyncio.create_task(scene.ask(FIVE[0]))
    await asyncio.sleep(0)
    assert [*await asyncio.gather(first, scene.ask(FIVE[1]))] == [GOES_ON] * 2
    assert len(scene.provider.glances) == 1


async def test_one_that_nobody_asks_about_any_more_does_not_count() -> None:
    scene = Scene()
    await scene.known()
    others = [each for each in FIVE if each != FIVE[2]]
    scene.now += FORGOTTEN / 2
    await scene.ask_all(others)
    scene.now += FORGOTTEN / 2 + 1
    for _ in range(2):
        await scene.ask_all(others)
    assert scene.provider.glances == []


async def test_of_too_many_renders_the_list_is_not_asked_about_the_one_that_was_asked_about_longest_ago() -> None:
    scene = Scene()
    many = [f"video_{number:04}" for number in range(MOST_KNOWN + 1)]
    await scene.ask_all(many)
    assert scene.provider.glances == [many[1:]]


@dataclass
class FiveRenders:
    bench: Bench
    ids: list[JobId]

    async def step(self, forward: float = 25.0) -> list[Phase]:
        """Advance all that are due then, and return their new phases."""
        self.bench.clock.forward(forward)
        leases = await self.bench.store.claim("worker", PLACES, 10)
        await asyncio.gather(*map(self.bench.runner.advance, leases))
        return [(await self.bench.job(job_id)).phase for job_id in self.ids]

    async def becomes(self, *, missing: int = 0, barred: int = 0) -> None:
        """Changes the first of them as if by its last look."""
        job = await self.bench.job(self.ids[0])
        assert isinstance(job.phase, Rendering)
        await self.bench.store.decide(job, job.moved_to(replace(job.phase, missing=missing, barred=barred)), 0.0)


@asynccontextmanager
async def five_renders(folder: Path) -> AsyncIterator[FiveRenders]:
    """In progress at a service that lists them."""
    async with a_bench(folder) as bench:
        bench.provider.looks = [GOES_ON]
        bench.provider.waiting = dict.fromkeys(FIVE, Waiting(progress=60))
        ids = list[JobId]()
        for remote_id in FIVE:
            seen = await bench.store.add(a_job(owner_id=len(ids)))
            rendering = Rendering(remote_id=remote_id, started_at=NOON)
            ids.append((await bench.store.decide(seen, seen.moved_to(rendering), 0.0)).id)
        scene = FiveRenders(bench, ids)
        await scene.step(0.0)
        bench.provider.looked.clear()
        yield scene


async def test_the_steps_of_many_renders_share_a_request(tmp_path: Path) -> None:
    async with five_renders(tmp_path) as scene:
        phases = await scene.step()
        assert scene.bench.provider.glances[-1] == FIVE
        assert scene.bench.provider.looked == []
        assert [phase.progress for phase in phases if isinstance(phase, Rendering)] == [60] * 5

        scene.bench.provider.waiting = dict.fromkeys(FIVE[1:], Waiting(progress=60))
        scene.bench.provider.looks = [Ready()]
        assert [type(phase) for phase in await scene.step()] == [Saving, *[Rendering] * 4]


@pytest.mark.parametrize("last_time", [{"missing": 1}, {"barred": 1}])
async def test_one_that_was_not_answered_for_last_time_is_looked_at_alone(
    tmp_path: Path, last_time: dict[str, int]
) -> None:
    async with five_renders(tmp_path) as scene:
        await scene.becomes(**last_time)
        await scene.step()
        assert scene.bench.provider.looked == FIVE[:1]


async def test_one_that_its_service_has_said_is_done_is_looked_at_alone(tmp_path: Path) -> None:
    async with five_renders(tmp_path) as scene:
        scene.bench.context.calls.heard("openai", scene.ids[0])
        scene.bench.provider.looks = [Ready()]
        assert isinstance((await scene.step())[0], Saving)  # although the delayed list still shows it


async def test_one_that_its_service_does_not_know_is_given_to_a_person_though_its_list_shows_it(tmp_path: Path) -> None:
    async with five_renders(tmp_path) as scene:
        await scene.becomes(missing=1)
        scene.bench.provider.looks = [Gone("no such video")]
        for _ in range(2):
            phases = await scene.step(MISSING_WAIT + 1)
        assert [type(phase) for phase in phases] == [NeedsReview, *[Rendering] * 4]
