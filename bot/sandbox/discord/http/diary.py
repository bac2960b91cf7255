"""A log of requests and answers, for later reading."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from bot.data_classes import value_object
from bot.sandbox.discord.world.clock import Bell

LONGEST = 2000  # exchanges; older ones are forgotten


@value_object
class Exchange:
    """One request and its answer. `path` is the part below /discord/api/v10; `status` 0 means a cut connection."""

    method: str
    path: str
    query: Mapping[str, str]
    authorization: str | None
    body: Any
    files: Mapping[str, int]  # name -> bytes
    status: int
    answer: Any


class Diary:
    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._exchanges: deque[Exchange] = deque(maxlen=LONGEST)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._exchanges))

    def add(self, exchange: Exchange) -> None:
        self._exchanges.append(exchange)
        self._bell.ring()

    def of(self, method: str, ending: str = "") -> list[Exchange]:
        """The exchanges with a method whose path ends like this, oldest first."""
        return [each for each in self._exchanges if each.method == method and each.path.endswith(ending)]
