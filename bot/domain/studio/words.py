"""What videos are called by state and kind, and what is said of them wherever they are listed: in Discord, on pages."""

from __future__ import annotations

from bot.domain.history import HistoryFilter
from bot.domain.messages import msg
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
STILL_COLLECTING = msg(
    "Videos from before the last update are still being prepared for searching, so some may be missing."
)
