"""What managers are told of a round: before it, and once it is over."""

from __future__ import annotations

from bot.domain.audit.log_channel import LogCard, LogTone
from bot.domain.messages import Bytes, Message, Moment, MomentStyle, joined, msg, msg_n
from bot.domain.retention.rounds import RemovalRound

HOW_TO_KEEP = msg(
    "To keep some, give them a ★ or put them in a collection (behind **More…**); to keep all, change the days in "
    "`/settings open` → Storage."
)
HOW_TO_KEEP_ALL = msg("To keep them, change the days in `/settings open` → Storage.")


def warning_title(planned: RemovalRound) -> Message:
    return msg_n(
        "🗄️ **{count} video will be removed on {day}.**",
        "🗄️ **{count} videos will be removed on {day}.**",
        planned.videos,
        day=Moment(planned.due_at, MomentStyle.DAY),
    )


def warning(planned: RemovalRound) -> Message:
    """Why, how much it is, and what can be done."""
    why = msg_n(
        "Videos are kept for {count} day here, and these ({size}) are older by then.",
        "Videos are kept for {count} days here, and these ({size}) are older by then.",
        planned.retention.days,
        size=Bytes(planned.bytes),
    )
    stays = msg("Their prompts and costs stay, and so does what was posted in Discord.")
    return joined(why, stays, HOW_TO_KEEP if planned.retention.marked_stay else HOW_TO_KEEP_ALL)


def warning_card(planned: RemovalRound) -> LogCard:
    return LogCard(title=warning_title(planned), body=warning(planned), tone=LogTone.WARNING)


def removed_card(over: RemovalRound) -> LogCard:
    said = msg_n(
        "🗄️ **{count} video was removed**, as its time was over. {size} are free again.",
        "🗄️ **{count} videos were removed**, as their time was over. {size} are free again.",
        over.removed,
        size=Bytes(over.freed),
    )
    return LogCard(body=said)
