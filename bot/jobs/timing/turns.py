"""Services that make one video after the other: only the first in line can end next, so only it is polled closely.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import Rendering

IN_LINE = 120.0  # seconds between polls of those behind the first, which make sure that it is a line


@wired
class RenderTurns:
    """What this process has seen of the lines, by account."""

    _last_end: dict[str, datetime] = field(default_factory=dict)
    _no_lines: set[str] = field(default_factory=set)

    def are_kept(self, account: str) -> bool:
        """False once a video was seen to overtake another."""
        return account not in self._no_lines

    def ended(self, job: Job, at: datetime, there: Iterable[Job]) -> JobId | None:
        """Note an end at a service that makes one after the other.

        Returns whose turn it is now, of those that are `there`.
        """
        line = in_line(job, there)
        if job.id in line[1:]:
            self._no_lines.add(job.account)
        self._last_end[job.account] = at
        return _next_of(line, job)

    def stopped(self, job: Job, at: datetime, there: Iterable[Job]) -> JobId | None:
        """Like `ended`, for one that was stopped: that may happen to any in line."""
        line = in_line(job, there)
        if line[0] == job.id:
            self._last_end[job.account] = at
        return _next_of(line, job)

    def began(self, account: str, rendering: Rendering) -> datetime:
        """When the turn began of the render that is first in line, as far as seen here or by its polls."""
        known = rendering.turn_at or rendering.started_at
        return max(known, self._last_end.get(account, known))


def in_line(job: Job, there: Iterable[Job]) -> list[JobId]:
    """A render and those `there`, in the order in which their orders were accepted."""
    accepted = {each.id: each.phase.started_at for each in (*there, job) if isinstance(each.phase, Rendering)}
    return sorted(accepted, key=lambda each: (accepted[each], each))


def _next_of(line: Sequence[JobId], job: Job) -> JobId | None:
    """The first in line without this one."""
    return next((each for each in line if each != job.id), None)
