"""Which job the work at hand is for: whatever is logged meanwhile can say so, also by a library."""

from __future__ import annotations

from contextvars import ContextVar

from bot.domain.ids import JobId

current_job: ContextVar[JobId | None] = ContextVar("job", default=None)
