"""Kinds of steps, each with a bound of its own in a process: a slow download must not hold up a look of two seconds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from bot.domain.job import Job
from bot.domain.phases import Queued, Trait, name_of, names_with


class StepKind(Enum):
    """What the next step of a job spends its time on. The value says what that is."""

    LOOK = "asks how a render is, or looks for a lost order"
    ORDER = "sends an order"
    DOWNLOAD = "downloads a finished video"
    POST = "posts a video"


_BY_STATE = {
    "saving": StepKind.DOWNLOAD,
    "posting": StepKind.POST,
    **dict.fromkeys(names_with(Trait.WAITS), StepKind.ORDER),
}


def kind_of(job: Job) -> StepKind:
    """A queued job that was called off is not sent: to end it is as quick as a look."""
    if isinstance(job.phase, Queued) and job.cancel_asked_by is not None:
        return StepKind.LOOK
    return _BY_STATE.get(name_of(job.phase), StepKind.LOOK)


def states_of(kind: StepKind) -> tuple[str, ...]:
    """The names of the phases whose next step is of this kind, in the alphabet's order."""
    open_states = names_with(Trait.WAITS, Trait.WORKS_ALONE)
    return tuple(name for name in open_states if _BY_STATE.get(name, StepKind.LOOK) is kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRoom:
    """How many more steps of each kind a process may begin."""

    steps: Mapping[StepKind, int]
    slow_orders: int  # of the orders: how many may go to the slow accounts
    slow_accounts: Collection[str] = frozenset()  # they may answer an order only when its video is made

    @property
    def kinds(self) -> tuple[StepKind, ...]:
        """Those that have room."""
        return tuple(kind for kind in StepKind if self.of(kind) > 0)

    def of(self, kind: StepKind) -> int:
        return max(0, self.steps.get(kind, 0))
