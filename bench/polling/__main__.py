"""Compares polling policies: `python -m bench.polling [renders] [seeds]`, with the same figures on every machine.

Each policy watches the same renders, 4,000 with each of three seeds, after it has watched 1,200 others. They are
synthetic (see `renders.py`). Delay is the time between the end and the poll that sees it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from bench.polling.bounds import bound, by_age, by_progress
from bench.polling.lines import line
from bench.polling.policies import Ours, Policy, fixed, growing, half_of_remaining
from bench.polling.watching import USUAL, Figures, Service, figures, renders

PAST = 1200
POLICIES: tuple[tuple[str, Callable[[], Policy], Service], ...] = (
    ("fixed 1 s (what an SDK does)", lambda: fixed(1.0), USUAL),
    ("fixed 5 s", lambda: fixed(5.0), USUAL),
    ("fixed 10 s (what browser tabs do)", lambda: fixed(10.0), USUAL),
    ("backoff 15 to 60 s", lambda: growing(15.0, 60.0, 1.5), USUAL),
    ("backoff 1 to 10 s", lambda: growing(1.0, 10.0, 1.5), USUAL),
    ("half of what remains, 1 to 20 s", half_of_remaining, USUAL),
    ("Kinora", Ours, USUAL),
    ("Kinora, nothing learnt yet", lambda: Ours(learns=False), USUAL),
    ("Kinora, no progress reported", Ours, Service(reports=False)),
    ("Kinora, called, 1 % of calls lost", lambda: Ours(is_called=True), Service(calls=True, lost=0.01)),
    ("Kinora, called, 5 % of calls lost", lambda: Ours(is_called=True), Service(calls=True, lost=0.05)),
)
HEADS = ("polls", "delay s", "p50", "p95", "p99", "polls×s", "endless")


def measured(number: int, seeds: int) -> dict[str, Figures]:
    found = {}
    for name, policy, service in POLICIES:
        together = Figures()
        for seed in range(seeds):
            one = figures(policy(), renders(1000 + seed, PAST), renders(seed, number), service)
            together.looks += one.looks
            together.delays += one.delays
            together.endless += one.endless
        found[name] = together
    return found


def main(number: int = 4000, seeds: int = 3) -> None:
    print(
        f"{seeds} × {number} synthetic renders; polls of those that gave a video, and of one that never ends in 30 min"
    )
    print(f"{'':<44}" + "".join(f"{head:>10}" for head in HEADS))
    for name, found in measured(number, seeds).items():
        print(found.row(name), flush=True)
    for name, known in (("age and kind alone", by_age), ("progress, seen all the time", by_progress)):
        print(f"{f'least possible, by {name}':<44}{bound(renders(0, number), known):>60.2f}")
    print("\none after the other, in bursts of 1 to 6, no progress reported")
    for name, policy in (("fixed 10 s", fixed(10.0)), ("Kinora", None)):
        print(line(0, number // 4, policy).row(name))


if __name__ == "__main__":
    main(*[int(argument) for argument in sys.argv[1:]])
