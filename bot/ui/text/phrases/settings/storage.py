"""How long a server keeps its videos, and the space that they use."""

from __future__ import annotations

from bot.domain.messages import Bytes, Message, Moment, MomentStyle, msg, msg_n
from bot.domain.retention.quota import QuotaUse
from bot.domain.retention.rounds import RemovalRound
from bot.jobs.retention.server_storage import StorageOverview
from bot.ui.text.phrases.values import dotted, lines, small

TITLE, ABOUT = msg("Storage"), msg("How long videos are kept, and the room they take")
CHANGE = msg("Change the days…")
KEEP_MARKED, REMOVE_MARKED = msg("Keep marked videos"), msg("Remove marked videos, too")
FORM = msg("How long videos are kept")
DAYS, DAYS_HINT = msg("Days"), msg("Such as 90. Empty: for ever.")
FOR_EVER = msg("**Videos are kept** for ever.")
MARKED_STAY = msg("**Marked videos** stay: those with a ★, and those in collections.")
MARKED_GO = msg("**Marked videos** are removed like all others.")
WHAT_STAYS = msg(
    "Managers are warned first. Then the file goes; prompt, cost and what was posted in Discord stay. Videos that "
    "couldn't be posted are never removed. Days count from the order."
)
NOBODY_TO_WARN = msg("⚠️ **Nothing is removed yet:** choose a channel under Notifications, so that managers are warned.")


def summary(overview: StorageOverview) -> Message:
    days = overview.options.keep_days
    kept = msg("kept for ever") if days is None else msg_n("kept for {count} day", "kept for {count} days", days)
    return dotted(kept, _size(overview))


def page(overview: StorageOverview) -> Message:
    options, planned = overview.options, overview.planned
    if options.keep_days is None:
        return lines(FOR_EVER, *_room(overview))
    return lines(
        msg_n(
            "**Videos are kept** for {count} day, and up to half a day longer.",
            "**Videos are kept** for {count} days, and up to a week longer.",
            options.keep_days,
        ),
        MARKED_STAY if options.keep_marked else MARKED_GO,
        *_room(overview),
        None if overview.can_warn else NOBODY_TO_WARN,
        None if planned is None else _next(planned),
        small(WHAT_STAYS),
    )


def _next(planned: RemovalRound) -> Message:
    return msg_n(
        "**Next:** {count} video ({size}) on {day}.",
        "**Next:** {count} videos ({size}) on {day}.",
        planned.videos,
        size=Bytes(planned.bytes),
        day=Moment(planned.due_at, MomentStyle.DAY),
    )


def _room(overview: StorageOverview) -> tuple[Message | None, ...]:
    here = msg("**On this server:** {what}", what=_size(overview))
    return here, None if overview.everywhere is None else _everywhere(overview.everywhere)


def _size(overview: StorageOverview) -> Message:
    if not overview.kept.videos:
        return msg("no videos")
    return msg_n(
        "{count} video, {size}", "{count} videos, {size}", overview.kept.videos, size=Bytes(overview.kept.bytes)
    )


def _everywhere(use: QuotaUse) -> Message:
    return msg(
        "**All servers of this bot:** {used} of {quota}. Once that's full, new orders wait; nothing is lost.",
        used=Bytes(use.used),
        quota=Bytes(use.quota),
    )
