"""Which job the current task works on, so that everything logged meanwhile, even by libraries, can name it."""

from __future__ import annotations

from contextvars import ContextVar

from bot.domain.ids import JobId

current_job: ContextVar[JobId | None] = ContextVar("job", default=None)
