"""Submitted forms: each opened form counts only once, however often it is submitted."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import field
from enum import Enum, auto

from bot.data_classes import value_object, wired

KEPT_FOR = 900.0  # seconds; nobody has a form open for longer after submitting it
MOST_KEPT = 10_000  # in case so many are submitted in that time


class Sending(Enum):
    """What to do with a submitted form."""

    FIRST = auto()  # is carried out
    TWIN = auto()  # the same interaction again, which is answered already
    AGAIN = auto()  # the member is told that it counts only once


@value_object(kw_only=False)
class _Sent:
    interaction: int
    at: float


@wired
class SentForms:
    """By the member and the id of the opened form."""

    clock: Callable[[], float] = time.monotonic
    _sent: OrderedDict[tuple[int, str], _Sent] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._sent)

    def came(self, member: int, form: str, interaction: int) -> Sending:
        """Record that it was submitted in this interaction."""
        self._forget()
        before = self._sent.setdefault((member, form), new := _Sent(interaction, self.clock()))
        if before is new:
            return Sending.FIRST
        return Sending.TWIN if before.interaction == interaction else Sending.AGAIN

    def forget(self, member: int, form: str) -> None:
        """It failed, so it may be submitted again: the member may still have it open."""
        self._sent.pop((member, form), None)

    def _forget(self) -> None:
        now = self.clock()
        while self._sent and (len(self._sent) > MOST_KEPT or now - next(iter(self._sent.values())).at > KEPT_FOR):
            self._sent.popitem(last=False)
