"""Prompts as people write them: some words frequent, many rare, some in Japanese. The same each time for each video."""

from __future__ import annotations

import bisect
import itertools
import random

SUBJECTS = ("a fox", "two foxes", "a cat", "an astronaut", "a lighthouse", "a city street", "a red car", "an old man")
PLACES = ("in the snow", "at dawn", "in the rain", "by the sea", "on the moon", "in a forest", "at night", "in Paris")
STYLES = ("cinematic", "cinematic light", "slow motion", "shot on 35mm film", "low angle", "drone shot", "hand held")
JAPANESE = ("雪の中の猫", "夜の東京タワーの前を走る狐", "桜の下の侍", "海辺の灯台と夕日", "雨の街を歩く猫")
SHARE_JAPANESE = 0.03
RARE_WORDS = 30_000


def word(number: int) -> str:
    """A different word for each number."""
    rng = random.Random(number)
    return "".join(rng.choice("bcdfghklmnprstvw") + rng.choice("aeiou") for _ in range(2 + number % 3))


WORDS = [word(number) for number in range(RARE_WORDS)]
SHARES = list(itertools.accumulate(1 / (number + 20) for number in range(RARE_WORDS)))


def prompt(seed: str) -> str:
    rng = random.Random(seed)
    if rng.random() < SHARE_JAPANESE:
        return "、".join(rng.sample(JAPANESE, 2))
    common = [rng.choice(SUBJECTS), rng.choice(PLACES), rng.choice(STYLES)]
    return f"{common[0]} {common[1]}, {' '.join(some_words(rng, rng.randrange(4, 16)))}, {common[2]}"


def some_words(rng: random.Random, count: int) -> list[str]:
    """The first words often, most of them hardly ever."""
    return [WORDS[bisect.bisect(SHARES, rng.random() * SHARES[-1])] for _ in range(count)]
