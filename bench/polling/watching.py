"""One policy watching many renders. Here polls take no time and are not rate-limited."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bench.measuring import quantile
from bench.polling.policies import Policy
from bench.polling.renders import DEADLINE, Render, a_render
from bot.domain.job import ProgressAt
from bot.jobs.timing.forecast import noted

HOOK_MEDIAN, HOOK_SPREAD = 0.7, 0.8  # seconds that a webhook takes, log-normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a service reports."""

    reports: bool = True  # progress
    calls: bool = False  # a webhook when a video is done,
    lost: float = 0.0  # except for this share


USUAL = Service()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    looks: int
    ended: float | None  # seconds until its end was seen; None: given up
    seen: Sequence[ProgressAt]


@dataclass(slots=True)
class Figures:
    """Of renders that produced a video; those that never end are separate."""

    looks: list[int] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    endless: list[int] = field(default_factory=list)

    @property
    def polls(self) -> float:
        return sum(self.looks) / len(self.looks)

    @property
    def delay(self) -> float:
        return sum(self.delays) / len(self.delays)

    @property
    def product(self) -> float:
        return self.polls * self.delay

    def row(self, name: str) -> str:
        tail = [quantile(self.delays, share) for share in (0.5, 0.95, 0.99)]
        endless = sum(self.endless) / len(self.endless) if self.endless else 0.0
        cells = (self.polls, self.delay, *tail, self.product, endless)
        return f"{name:<44}" + "".join(f"{cell:>10.2f}" for cell in cells)


def sample() -> tuple[Iterator[Render], Iterator[Render]]:
    """Renders for learning and for measuring: few enough for a test."""
    return renders(1000, 300), renders(0, 500)


def renders(seed: int, number: int) -> Iterator[Render]:
    rng = random.Random(seed)
    return (a_render(rng) for _ in range(number))


def figures(policy: Policy, past: Iterable[Render], many: Iterable[Render], service: Service = USUAL) -> Figures:
    """The policy first learns from `past`, by its own observations."""
    for render in past:
        _learnt(policy, render, watched(policy, render, service))
    found = Figures()
    for render in many:
        result = watched(policy, render, service)
        _learnt(policy, render, result)
        if render.never_ends:
            found.endless.append(result.looks)
        elif render.gives_video and result.ended is not None:
            found.looks.append(result.looks)
            found.delays.append(result.ended - render.end)
    return found


def _learnt(policy: Policy, render: Render, result: Watched) -> None:
    if render.gives_video and result.ended is not None:
        policy.learn(render, result.ended, result.seen)


def watched(policy: Policy, render: Render, service: Service = USUAL) -> Watched:
    rng = random.Random(render.seed)
    called = render.end + rng.lognormvariate(0.0, HOOK_SPREAD) * HOOK_MEDIAN if service.calls else None
    if called is not None and rng.random() < service.lost:
        called = None
    at, looks, percent, seen = policy.first(render.kind), 1, 0, tuple[ProgressAt, ...]()
    while at < min(render.end, DEADLINE):
        percent = max(percent, render.progress(at, rng)) if service.reports else 0
        seen = noted(seen, (at, percent))
        at += policy.wait(render.kind, at, seen)
        looks += 1
        if called is not None and at > called:
            at = called
    return Watched(looks=looks, ended=at if at >= render.end else None, seen=seen)
