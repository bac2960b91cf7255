"""Lists that hosts show of what was ordered: whether one was read far enough, and what of it counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from bot.domain.errors import Unavailable
from bot.domain.messages import Count, msg
from bot.domain.ports.provider import Listed


def newest_first(entries: Iterable[Listed], since: datetime) -> list[Listed]:
    """Those made since then."""
    recent = [entry for entry in entries if entry.created_at >= since]
    return sorted(recent, key=lambda entry: entry.created_at, reverse=True)


def reaches(page: Sequence[Listed], since: datetime) -> bool:
    """Whether a page, newest first, ends before `since`, so that the pages after it do too."""
    in_order = all(newer.created_at >= older.created_at for newer, older in pairwise(page))
    return in_order and len(page) > 1 and page[-1].created_at < since


def too_long(read: int) -> Unavailable:
    """The end of a list was not reached, nor the moment that matters; `read` entries were."""
    return Unavailable(msg("The list of videos is longer than {read} and wasn't read to the end.", read=Count(read)))


def moment_of(written: object) -> datetime | None:
    """A moment as ISO 8601 has it, in UTC unless it says otherwise; None for anything else."""
    try:
        moment = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
