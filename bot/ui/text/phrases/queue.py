"""/queue: the orders in progress on a server, and what managers can do with them."""

from __future__ import annotations

from bot.domain.job import Job
from bot.domain.messages import Count, Message, Moment, Money, Person, VideoId, msg, value
from bot.domain.money.usd import FREE
from bot.domain.phases import Unsent
from bot.domain.queue.state import QueueTotals
from bot.jobs.timing.estimates import JobEstimate
from bot.ui.text.phrases.lists import on_this_server, row
from bot.ui.text.phrases.values import dotted, lines, person, small, words

EMPTY = msg("Nothing is rendering or waiting.")
MANAGE = msg("Manage…")
PAUSE = msg("Pause…")
DRAIN = msg("Stop new orders…")
RESUME = msg("Resume")
TAKE_ORDERS = msg("Take orders again")
REFRESH = msg("Refresh")
BACK, MORE = msg("Back"), msg("More")
CANCEL_THIS = msg("Cancel this order…")
REALLY_CANCEL = msg("Cancel the order")
KEEP = msg("Keep it")
TO_FRONT = msg("Move to front")
KEPT = msg("Nothing was changed.")
RESUMED = msg("▶️ The queue goes on. Waiting orders are sent as slots come free.")

PAUSE_TITLE, DRAIN_TITLE = msg("Pause the queue"), msg("Stop new orders")
WHY = msg("Why? Members read this")
PAUSE_HINT = msg("New orders are taken but wait. Renders under way finish.")
DRAIN_HINT = msg("New orders are refused, free of charge. Waiting ones are made.")


def title(totals: QueueTotals, at_once: int) -> Message:
    reserved = msg("{price} in total", price=Money(totals.price)) if totals.price > FREE else None
    return dotted(on_this_server(totals.rendering, totals.waiting, at_once, totals.to_approve), reserved)


def order(job: Job, estimate: JobEstimate | None) -> Message:
    """One order: its state, owner and price, and since when."""
    return dotted(row(job, estimate), value(Money(job.quote)), msg("ordered {when}", when=Moment(job.created_at)))


def page_of(page: int, pages: int) -> Message:
    return small(msg("Page {page} of {pages}", page=Count(page + 1), pages=Count(pages)))


TOO_LATE = msg("It's nearly done, so it can't be moved or cancelled any more.")


def managed(job: Job, label: str, *, is_too_late: bool) -> Message:
    """An order that a manager may move or cancel, unless it is too late."""
    about = dotted(
        value(VideoId(job.id)),
        person(job.owner_id),
        value(words(label, 60)),
        value(Money(job.quote)),
        msg("ordered {when}", when=Moment(job.created_at)),
    )
    prompt = Message("**{prompt}**", {"prompt": words(job.request.prompt, 200)})
    return lines(prompt, small(about), TOO_LATE if is_too_late else None)


def moved(job: Job) -> Message:
    return msg("{video} is now first in this server's queue.", video=VideoId(job.id))


def really_cancel(job: Job) -> Message:
    if isinstance(job.phase, Unsent):
        return msg(
            "Cancel {video} of {member}? It hasn't been sent, so it costs nothing.",
            video=VideoId(job.id),
            member=Person(job.owner_id),
        )
    if job.quote == FREE:
        return msg(
            "Cancel {video} of {member}? Rendering has started, but it costs nothing.",
            video=VideoId(job.id),
            member=Person(job.owner_id),
        )
    return msg(
        "Cancel {video} of {member}? Rendering has started, so it may still cost {quote}.",
        video=VideoId(job.id),
        member=Person(job.owner_id),
        quote=Money(job.quote),
    )


def cancelled(job: Job, *, at_once: bool) -> Message:
    if at_once:
        return msg("{video} is cancelled. Nothing was charged.", video=VideoId(job.id))
    return msg("Asking the service to stop {video}. Its card says what comes of it.", video=VideoId(job.id))
