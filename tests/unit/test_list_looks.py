"""From five renders under way at an account on, one request of its list tells of many; an end is always looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.domain.errors import AccountTrouble, Gone, ProviderError, Unavailable
from bot.domain.ids import JobId
from bot.domain.phases import Rendering, Saving
from bot.domain.ports.provider import Look, Ready, Waiting
from bot.jobs.providers.list_looks import NO_LIST, TOGETHER, TRUSTED, WITHOUT, ListLooks
from tests.builders import NOON, a_job
from tests.scripted import ScriptedProvider
from tests.workbench import PLACES, a_bench

FIVE = [f"video_{number}" for number in range(5)]
GOES_ON = Waiting(progress=40)


@dataclass
class Lister(ScriptedProvider):
    """A service whose list may be in trouble; all that it is asked about goes on unless it says otherwise."""

    trouble: ProviderError | None = None
    looks: list[Look | ProviderError] = field(default_factory=lambda: [GOES_ON])
    waiting: dict[str, Waiting] | None = field(default_factory=lambda: dict.fromkeys(FIVE, GOES_ON))

    async def still_made(self, remote_ids: Collection[str]) -> Mapping[str, Waiting] | None:
        shown = await super().still_made(remote_ids)
        if self.trouble is not None:
            raise self.trouble
        return shown


@dataclass
class Scene:
    provider: Lister = field(default_factory=Lister)
    nudged: list[JobId] = field(default_factory=list)
    now: float = 1000.0

    def __post_init__(self) -> None:
        self.looks = ListLooks(self._nudge, lambda: self.now)

    async def _nudge(self, job_id: JobId) -> None:
        self.nudged.append(job_id)

    async def ask(self, remote_id: str) -> Look:
        return await self.looks.look(self.provider, JobId(f"job of {remote_id}"), remote_id)

    async def ask_all(self, remote_ids: Collection[str] = FIVE) -> list[Look | BaseException]:
        """At the same moment."""
        return await asyncio.gather(*map(self.ask, remote_ids), return_exceptions=True)

    async def known(self) -> None:
        """All five were seen to go on by a list."""
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


async def test_what_the_list_does_not_show_is_looked_at_alone() -> None:
    scene = Scene()
    await scene.known()
    scene.provider.waiting = dict.fromkeys(FIVE[1:], GOES_ON)
    scene.provider.looks = [Ready()]
    assert await scene.ask_all() == [Ready(), *[GOES_ON] * 4]
    assert scene.provider.looked == FIVE[:1]
    assert scene.nudged == []  # it has been looked at


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


async def test_one_that_ended_is_not_asked_about_any_more() -> None:
    scene = Scene()
    await scene.known()
    scene.provider.waiting = dict.fromkeys(FIVE[2:], GOES_ON)
    scene.provider.looks = [Ready(), Gone("no such video"), GOES_ON]
    await scene.ask_all(FIVE[:2])
    await scene.ask(FIVE[4])  # three are left: too few for the list
    assert scene.provider.glances == [FIVE]
    assert scene.provider.looked == [*FIVE[:2], FIVE[4]]


@pytest.mark.parametrize("trouble", [Unavailable("away"), AccountTrouble("no right to lists")])
async def test_a_list_in_trouble_is_left_alone_for_a_while_and_no_look_fails(trouble: ProviderError) -> None:
    scene = Scene()
    await scene.known()
    scene.provider.trouble = trouble
    for _ in range(2):
        assert await scene.ask_all() == [GOES_ON] * 5
    assert (len(scene.provider.glances), scene.provider.looked) == (1, FIVE * 2)
    scene.now += WITHOUT
    scene.provider.trouble = None
    await scene.ask_all()  # a list alone is not believed for so long
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


@pytest.mark.parametrize("waiting", [None, {}, {"another id": GOES_ON}])
async def test_a_service_without_such_a_list_is_not_asked_for_it_again(waiting: dict[str, Waiting] | None) -> None:
    scene = Scene()
    scene.provider.waiting = waiting
    await scene.known()
    assert await scene.ask_all() == [GOES_ON] * 5
    assert scene.provider.glances == []
    scene.now += NO_LIST if waiting is None else WITHOUT
    await scene.ask_all()  # alone, as that is long ago
    await scene.ask_all()
    assert len(scene.provider.glances) == 1


async def test_a_list_is_not_believed_for_ever() -> None:
    scene = Scene()
    await scene.known()
    scene.now += TRUSTED
    await scene.ask_all()
    assert (scene.provider.glances, scene.provider.looked) == ([], FIVE)


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


async def test_the_steps_of_many_renders_share_a_request(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        bench.provider.looks = [GOES_ON]
        ids = list[JobId]()
        for remote_id in FIVE:
            seen = await bench.store.add(a_job(owner_id=len(ids)))
            rendering = Rendering(remote_id=remote_id, started_at=NOON)
            ids.append((await bench.store.decide(seen, seen.moved_to(rendering), 0.0)).id)

        async def step(forward: float) -> None:
            bench.clock.forward(forward)
            leases = await bench.store.claim("worker", PLACES, 10)
            await asyncio.gather(*map(bench.runner.advance, leases))

        bench.provider.waiting = dict.fromkeys(FIVE, Waiting(progress=60))
        await step(0.0)
        before = len(bench.provider.looked)
        await step(25.0)
        assert bench.provider.glances[-1] == FIVE
        assert len(bench.provider.looked) == before
        phases = [(await bench.job(job_id)).phase for job_id in ids]
        assert {phase.progress for phase in phases if isinstance(phase, Rendering)} == {60}
        assert len(phases) == 5

        del bench.provider.waiting[FIVE[0]]
        bench.provider.looks = [Ready()]
        await step(25.0)
        phases = [(await bench.job(job_id)).phase for job_id in ids]
        assert [type(phase) for phase in phases] == [Saving, *[Rendering] * 4]
