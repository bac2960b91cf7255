"""Descriptions of videos wherever they are listed, in Discord and on pages: state, kind, rating."""

from __future__ import annotations

from bot.domain.history import HistoryFilter
from bot.domain.messages import Count, Message, msg
from bot.domain.studio.library import VideoOrder
from bot.domain.studio.ratings import VideoRating
from bot.domain.video import Mode

STATES = {
    HistoryFilter.ALL: msg("all"),
    HistoryFilter.FINISHED: msg("finished"),
    HistoryFilter.KEPT: msg("waiting to be posted"),
    HistoryFilter.FAILED: msg("failed"),
    HistoryFilter.CANCELLED: msg("cancelled"),
    HistoryFilter.REVIEW: msg("needs a manager"),
    HistoryFilter.OPEN: msg("under way"),
}
KINDS = {Mode.CREATE: msg("Create"), Mode.REMIX: msg("Remix"), Mode.EXTEND: msg("Extend")}
ORDERS = {VideoOrder.NEWEST: msg("newest first"), VideoOrder.BEST: msg("best rated first")}
STILL_COLLECTING = msg(
    "Videos from before the last update are still being prepared for searching, so some may be missing."
)


def rating(given: VideoRating) -> Message | None:
    """None if nobody has rated it."""
    if not given.is_rated:
        return None
    return msg("👍 {likes} · 👎 {dislikes}", likes=Count(given.likes), dislikes=Count(given.dislikes))
