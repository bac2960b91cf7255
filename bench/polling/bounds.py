"""The theoretical optimum: looks × delay is at least ½ (∫ √h dt)², where h is the hazard given what is known so far.

By Cauchy-Schwarz, with n looks a second: E[looks] = E∫ n dt and E[delay] = E∫ h / 2n dt. The hazard is estimated in
cells of what is known; with progress, that assumes continuous observation, which is impossible, so the bound is loose.
"""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable

from bench.polling.renders import Render

STEP = 0.5  # seconds

Known = Callable[[Render, float, int, float], Hashable]  # a render, seconds, percent, and since when it stays at 98 %


def by_age(render: Render, at: float, percent: int, stands: float) -> Hashable:
    """The kind of render is known, and how long it has been running."""
    del percent, stands
    return render.kind, int(at / 4)


def by_progress(render: Render, at: float, percent: int, stands: float) -> Hashable:
    """The progress, too: how much longer it takes by a straight line, and how long it has stayed near its end."""
    if percent >= 98:
        return "stands", int(math.log2(1 + at - stands) * 4)
    if percent < 3:
        return render.kind, int(at / 4)
    left = at * (100 - percent) / percent
    return percent // 10, int(math.log2(1 + left) * 4)


def bound(many: Iterable[Render], known: Known) -> float:
    """Polls × seconds of delay."""
    seconds, ends, number = defaultdict[Hashable, float](float), Counter[Hashable](), 0
    for render in (each for each in many if each.gives_video):
        number += 1
        rng, at, percent, stands = random.Random(render.seed), 0.0, 0, 0.0
        cell = known(render, at, percent, stands)
        while at < render.end:
            percent = max(percent, render.progress(at, rng))
            stands = stands or (at if percent >= 98 else 0.0)
            cell = known(render, at, percent, stands)
            seconds[cell] += STEP
            at += STEP
        ends[cell] += 1
    root = sum(math.sqrt(ends[cell] * seconds[cell]) for cell in ends) / number
    return root**2 / 2
