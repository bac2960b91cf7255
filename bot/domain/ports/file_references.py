"""Which kept files jobs still need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Protocol

from bot.domain.ids import JobId


class FileReferences(Protocol):
    """Asked of the rows as they are, also of those that a newer version wrote."""

    def pictures(self) -> AsyncIterator[frozenset[str]]:
        """The keys of all pictures of jobs that were not deleted, in batches."""
        ...

    async def deleted(self, job_ids: Iterable[JobId]) -> frozenset[JobId]:
        """Those of these jobs that were deleted on request."""
        ...
