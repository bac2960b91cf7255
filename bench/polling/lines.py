"""A server that makes one video after the other, watched as the bot does: only the first, once its turn began."""

from __future__ import annotations

import math
import random

from bench.polling.policies import Ours, Policy
from bench.polling.renders import Render
from bench.polling.watching import Figures
from bot.domain.job import ProgressAt
from bot.jobs.timing.forecast import noted
from bot.jobs.timing.turns import IN_LINE

TYPICAL, SPREAD = 44.0, 0.10  # seconds that a render takes
BUSY = 0.7  # the share of time in which it is busy
MOST_AT_ONCE = 6  # orders come in bursts


def line(seed: int, number: int, simple: Policy | None = None) -> Figures:
    """Watched as the bot does, or each from its order on by a simple policy."""
    rng, ours, found = random.Random(seed), Ours(), Figures()
    arrives = ended = seen_to_end = 0.0
    while len(found.looks) < number:
        arrives += rng.expovariate(BUSY / (TYPICAL * (1 + MOST_AT_ONCE) / 2))
        for _ in range(rng.randint(1, MOST_AT_ONCE)):
            began, runs = max(arrives, ended), rng.lognormvariate(math.log(TYPICAL), SPREAD)
            ended = began + runs
            if simple is None:
                looks, seen_to_end = _in_turn(ours, arrives, seen_to_end, ended)
            else:
                looks, seen_to_end = _alone(simple, arrives, ended)
            found.looks.append(looks)
            found.delays.append(seen_to_end - ended)
    return found


def _in_turn(ours: Ours, arrives: float, before: float, ended: float) -> tuple[int, float]:
    """How many looks, and when its end was seen. `before`: when the end of the previous one was seen."""
    at, looks, seen = arrives + ours.first(0), 1, tuple[ProgressAt, ...]()
    turn = max(arrives, before)
    while at < turn:  # others are being made
        at, looks = at + IN_LINE, looks + 1
    at = turn if before > arrives else at  # it is polled when its turn comes
    while at < ended:
        seen = noted(seen, (at - turn, 0))
        at, looks = at + ours.wait(0, at - turn, seen), looks + 1
    ours.learn(_ANY, at - turn, seen)
    return looks, at


def _alone(policy: Policy, arrives: float, ended: float) -> tuple[int, float]:
    at, looks = policy.first(0), 1
    while arrives + at < ended:
        at, looks = at + policy.wait(0, at, ((at, 0),)), looks + 1
    return looks, arrives + at


_ANY = Render(
    kind=0, waits=0.0, runs=TYPICAL, stands=0.0, bend=1.0, step=1, fails=False, never_ends=False, seed=0
)  # all are of one kind
