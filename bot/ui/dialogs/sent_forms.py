"""Submitted forms: each opening of one counts once, however often it is submitted."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import field
from enum import Enum, auto

from bot.data_classes import value_object

KEPT_FOR = 900.0  # seconds; nobody has a form open for longer after it was sent
MOST_KEPT = 10_000  # should so many be sent in that time


class Sending(Enum):
    """What to do with a submitted form."""

    FIRST = auto()  # it is carried out
    TWIN = auto()  # the same interaction once more: it is answered already
    AGAIN = auto()  # its sender is told that it counts once


@value_object(kw_only=False)
class _Sent:
    interaction: int
    at: float


@value_object
class SentForms:
    """By who sent them and the id of the opening."""

    clock: Callable[[], float] = time.monotonic
    _sent: OrderedDict[tuple[int, str], _Sent] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._sent)

    def came(self, member: int, form: str, interaction: int) -> Sending:
        """Note that it came in, in such an interaction."""
        self._forget()
        before = self._sent.setdefault((member, form), new := _Sent(interaction, self.clock()))
        if before is new:
            return Sending.FIRST
        return Sending.TWIN if before.interaction == interaction else Sending.AGAIN

    def forget(self, member: int, form: str) -> None:
        """Nothing came of it: where its sender could not be told, it is open in front of them still."""
        self._sent.pop((member, form), None)

    def _forget(self) -> None:
        now = self.clock()
        while self._sent and (len(self._sent) > MOST_KEPT or now - next(iter(self._sent.values())).at > KEPT_FOR):
            self._sent.popitem(last=False)
