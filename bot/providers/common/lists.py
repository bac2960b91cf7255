"""Hosts' lists of orders: whether one was read far enough, and which entries count."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from bot.data_classes import value_object
from bot.domain.errors import Unavailable, asks_to_wait
from bot.domain.messages import Count, msg
from bot.domain.ports.provider import Listed, StillMade, Waiting

MOST_GLANCED = 10  # pages that are read to see what is running, each with a hundred renders


@value_object
class Glance:
    """A page that was read to see what is running."""

    shown: frozenset[str]  # everything with an id, finished or not
    waiting: Mapping[str, Waiting]  # those among the renders asked about
    is_last: bool
    after: str | None  # the next page's parameter, if there is one


AskGlance = Callable[[str | None], Awaitable[Glance | None]]  # given `after` of the previous page


async def still_made(ask: AskGlance, remote_ids: Collection[str], due: Collection[str]) -> StillMade | None:
    """Like `bot.domain.ports.provider.Provider.still_made`, for a paged list.

    Reading stops when as many pages were read as `due` renders are left: polling those takes no more requests.
    """
    left, seen = frozenset(remote_ids), dict[str, Waiting]()
    after: str | None = None
    for read in range(1, MOST_GLANCED + 1):
        page = await (ask(None) if after is None else _asked_on(ask, after))
        if page is None:
            return None if after is None else StillMade(waiting=seen, unread=left)
        seen |= page.waiting
        left -= page.shown
        if page.is_last:
            return StillMade(waiting=seen)
        if page.after in {None, after} or len(left.intersection(due)) <= read:
            break
        after = page.after
    return StillMade(waiting=seen, unread=left)


async def _asked_on(ask: AskGlance, after: str) -> Glance | None:
    """None if it can't be had: what was read before is still valid. Raises Unavailable if told to wait."""
    try:
        return await ask(after)
    except Unavailable as trouble:
        if asks_to_wait(trouble):
            raise
        return None


def newest_first(entries: Iterable[Listed], since: datetime) -> list[Listed]:
    """Entries made since then."""
    recent = [entry for entry in entries if entry.created_at >= since]
    return sorted(recent, key=lambda entry: entry.created_at, reverse=True)


def reaches(page: Sequence[Listed], since: datetime) -> bool:
    """Whether a page, newest first, ends before `since`, so that all further pages do too."""
    in_order = all(newer.created_at >= older.created_at for newer, older in pairwise(page))
    return in_order and len(page) > 1 and page[-1].created_at < since


def too_long(read: int) -> Unavailable:
    """Neither the end of a list nor the relevant time was reached; `read` entries were read."""
    return Unavailable(msg("The list of videos is longer than {read} and wasn't read to the end.", read=Count(read)))


def moment_of(written: object) -> datetime | None:
    """A time in ISO 8601, in UTC unless it says otherwise; None for anything else."""
    try:
        moment = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
