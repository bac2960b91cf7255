"""Synthetic renders. Their parameters are assumptions: nobody publishes how long real ones take.

Three kinds with log-normal durations; half of them wait at the service first, some fail soon, some never end, some stay
at 99 % before they end. Progress is irregular and noisy, and is reported in steps.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

KINDS = ((0.30, 45.0, 0.30), (0.45, 110.0, 0.30), (0.25, 200.0, 0.35))  # share, median seconds, spread
QUEUES, QUEUE_SECONDS = 0.5, 8.0  # share that waits at the service, and the average wait
FAILS, FAIL_SECONDS = 0.08, (2.0, 15.0)
NEVER_ENDS = 0.02
STANDS, STAND_SECONDS = 0.12, 25.0
BENT, NOISE = 0.30, 2.5  # spread of the exponent that progress follows, and noise in percent
STEPS, STEP_SHARES = (1, 5, 10), (0.6, 0.2, 0.2)
DEADLINE = 1800.0  # seconds after which a render that never ends is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """A render, as only the service knows it."""

    kind: int
    waits: float  # seconds until it begins
    runs: float
    stands: float  # seconds at 99 %
    bend: float
    step: int
    fails: bool
    never_ends: bool
    seed: int

    @property
    def end(self) -> float:
        return math.inf if self.never_ends else self.waits + self.runs + self.stands

    @property
    def gives_video(self) -> bool:
        return not self.fails and not self.never_ends

    def progress(self, at: float, noise: random.Random) -> int:
        """The progress that it reports at a time."""
        share = min(1.0, max(0.0, (at - self.waits) / self.runs))
        percent = 100 * share**self.bend + noise.uniform(-NOISE, NOISE) if share else 0.0
        return max(0, min(99, int(percent // self.step) * self.step))


def a_render(rng: random.Random) -> Render:
    kind = rng.choices(range(len(KINDS)), [share for share, _, _ in KINDS])[0]
    _, typical, spread = KINDS[kind]
    waits = rng.expovariate(1 / QUEUE_SECONDS) if rng.random() < QUEUES else 0.0
    runs = rng.lognormvariate(math.log(typical), spread)
    stands = rng.expovariate(1 / STAND_SECONDS) if rng.random() < STANDS else 0.0
    fails = rng.random() < FAILS
    if fails:
        waits, runs, stands = 0.0, rng.uniform(*FAIL_SECONDS), 0.0
    return Render(
        kind=kind,
        waits=waits,
        runs=runs,
        stands=stands,
        bend=rng.lognormvariate(0.0, BENT),
        step=rng.choices(STEPS, STEP_SHARES)[0],
        fails=fails,
        never_ends=not fails and rng.random() < NEVER_ENDS,
        seed=rng.getrandbits(32),
    )
