"""Bulk actions on orders: what is shown before, during and after them."""

from __future__ import annotations

from datetime import datetime

from bot.domain.messages import Bytes, Count, Message, Moment, MomentStyle, Money, Person, Term, msg, msg_n, value
from bot.domain.money.usd import FREE, Usd
from bot.domain.queue.bulk import BulkKind, BulkRun, Deletable, Leftover, Wanted
from bot.jobs.use_cases.queue.delete import DeletePreview
from bot.jobs.use_cases.queue.retry import RetryPreview
from bot.ui.text.formatting import bar
from bot.ui.text.phrases.values import dotted, lines, small

RETRY = msg("Retry failed…")
DELETE = msg("Delete many…")
STOP = msg("Stop")
GO_ON = msg("Continue")

RETRY_TITLE, DELETE_TITLE = msg("Retry failed orders"), msg("Delete many videos")
SINCE = msg("Ordered since")
SINCE_HINT = msg("Such as 24h, 7d or 2026-11-20. You'll see the price first.")
WHICH = msg("Which")
WHOSE = msg("Only this member's (optional)")
OLDER = msg("Only older than (optional)")
OLDER_HINT = msg("Such as 30d or 2026-11-20. You'll see how many first.")

DOWN = msg("Take them down")
DOWN_HINT = msg("Nobody can show, remix or run them again. Members read that, with the reason.")
DOWN_WHY = msg("Why they're taken down (optional)")

DELETABLE = {
    Deletable.FINISHED: msg("Finished"),
    Deletable.KEPT: msg("Waiting to be posted"),
    Deletable.FAILED: msg("Failed"),
    Deletable.CANCELLED: msg("Cancelled"),
    Deletable.ALL: msg("All of these"),
}
NOT_ALL = msg("There are more. Run it again afterwards for the rest.")


def retry_preview(preview: RetryPreview) -> Message:
    many = len(preview.plan.items)
    head = msg_n(
        "**Retry {count} failed order for {price}?** Ordered since {since}.",
        "**Retry {count} failed orders for {price}?** Ordered since {since}.",
        many,
        price=Money(preview.price),
        since=Moment(preview.since, MomentStyle.RELATIVE),
    )
    each = msg("Each is a new order in its owner's name, at today's price, while the budget lasts.")
    left = msg("{left} of this month's budget is left", left=Money(preview.budget_left))
    short = msg("⚠️ Not all of them fit.") if preview.price > preview.budget_left else None
    out = sum(preview.left_out.values())
    others = msg_n(
        "{count} other was refused, paid for, or can't be ordered any more, and stays as it is.",
        "{count} others were refused, paid for, or can't be ordered any more, and stay as they are.",
        out,
    )
    return lines(
        head, small(each), small(dotted(left, short)), small(others) if out else None, _more(is_all=preview.is_all)
    )


def delete_preview(preview: DeletePreview) -> Message:
    many, which = len(preview.plan.items), _which(preview.wanted)
    is_down = preview.plan.kind is BulkKind.TAKE_DOWN
    head = (
        msg_n("**Take down {count} video?** {which}", "**Take down {count} videos?** {which}", many, which=which)
        if is_down
        else msg_n(
            "**Delete {count} video for good?** {which}",
            "**Delete {count} videos for good?** {which}",
            many,
            which=which,
        )
    )
    frees = msg("Frees about {size}", size=Bytes(preview.bytes)) if preview.bytes else None
    spent = msg("they cost {spent}, which stays in `/costs`", spent=Money(preview.spent))
    about = dotted(frees, spent if preview.spent != FREE else msg("they cost nothing"))
    removed = msg("Their files and messages are removed. This can't be undone.")
    down = small(DOWN_HINT) if is_down else None
    return lines(head, small(about), small(removed), down, _more(is_all=preview.is_all))


def _which(wanted: Wanted) -> Message:
    whose = msg("of {member}", member=Person(wanted.owner_id)) if wanted.owner_id is not None else None
    return dotted(DELETABLE[wanted.which], whose, None if wanted.before is None else _before(wanted.before))


def _before(at: datetime) -> Message:
    """With the time, as the server's day may begin on another day in the reader's time zone."""
    day, time = Moment(at, MomentStyle.DAY), Moment(at, MomentStyle.CLOCK)
    return msg("ordered before {day}, {time}", day=day, time=time)


def _more(*, is_all: bool) -> Message | None:
    return None if is_all else small(NOT_ALL)


def retry_them(preview: RetryPreview) -> Message:
    return msg("Retry · {price}", price=Money(preview.price))


def delete_them(preview: DeletePreview) -> Message:
    many = len(preview.plan.items)
    if preview.plan.kind is BulkKind.TAKE_DOWN:
        return msg_n("Take down {count}", "Take down {count}", many)
    return msg_n("Delete {count} for good", "Delete {count} for good", many)


def run(run: BulkRun, *, interrupted: bool) -> Message:
    """The progress, or the result."""
    if run.ended:
        return lines(Message("✅ **{result}**", {"result": _result(run)}), *_left(run), _rest(run))
    done = Term(bar(100 * run.next // max(1, run.total)))
    return lines(_head(run, interrupted=interrupted), value(done), small(_result(run)))


def _head(run: BulkRun, *, interrupted: bool) -> Message:
    number, total = Count(run.next), Count(run.total)
    if interrupted:
        return msg("⚠️ **Interrupted at {number} of {total}.** Nothing is half done.", number=number, total=total)
    if run.stopped_by is not None:
        return msg("**Stopping at {number} of {total}…**", number=number, total=total)
    if run.kind is BulkKind.RETRY:
        return msg("🔁 **Retrying {number} of {total}…**", number=number, total=total)
    return msg("🗑️ **Deleting {number} of {total}…**", number=number, total=total)


def _result(run: BulkRun) -> Message:
    done, total, by = Count(run.done), Count(run.total), Person(run.by)
    if run.kind is BulkKind.RETRY:
        return msg(
            "{done} of {total} ordered again for {price}, by {member}",
            done=done,
            total=total,
            price=Money(Usd(run.amount)),
            member=by,
        )
    return msg(
        "{done} of {total} deleted, about {size} freed, by {member}",
        done=done,
        total=total,
        size=Bytes(run.amount),
        member=by,
    )


def _left(run: BulkRun) -> list[Message]:
    said = [small(_why(Leftover(why), many, run.kind)) for why, many in run.left.items() if why in set(Leftover)]
    if run.remains:
        said.append(
            small(
                msg_n(
                    "Of {count} deleted video a copy may remain at its service or in a message.",
                    "Of {count} deleted videos copies may remain at their services or in messages.",
                    run.remains,
                )
            )
        )
    return said


def _why(why: Leftover, many: int, kind: BulkKind) -> Message:
    match why:
        case Leftover.GONE if kind is BulkKind.RETRY:
            return msg_n("{count} had changed since the preview.", "{count} had changed since the preview.", many)
        case Leftover.GONE:
            return msg_n("{count} was in use again or gone.", "{count} were in use again or gone.", many)
        case Leftover.BUDGET:
            return msg_n("{count} didn't fit the budget.", "{count} didn't fit the budget.", many)
        case Leftover.WAITING:
            return msg_n(
                "{count} wasn't ordered: its owner has as many waiting as they may. Try again later.",
                "{count} weren't ordered: their owners have as many waiting as they may. Try again later.",
                many,
            )
        case Leftover.DEARER:
            return msg_n(
                "{count} became dearer than the preview said.", "{count} became dearer than the preview said.", many
            )
        case Leftover.IMPOSSIBLE:
            return msg_n("{count} can't be ordered any more.", "{count} can't be ordered any more.", many)
        case Leftover.REFUSED:
            return msg_n("{count} isn't allowed here now.", "{count} aren't allowed here now.", many)
        case Leftover.BROKEN:
            return msg_n(
                "{count} failed in the bot. Its log has more.", "{count} failed in the bot. Its log has more.", many
            )


def _rest(run: BulkRun) -> Message | None:
    rest = run.total - run.next
    if not rest or run.stopped_by is None:
        return None
    return small(
        msg_n(
            "Stopped by {member}: {count} left as it was.",
            "Stopped by {member}: {count} left as they were.",
            rest,
            member=Person(run.stopped_by),
        )
    )
