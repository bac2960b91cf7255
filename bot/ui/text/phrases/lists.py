"""/status, /costs, /settings and /history."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.job import Job
from bot.domain.messages import (
    Count,
    Foreign,
    Message,
    Moment,
    Money,
    Person,
    Role,
    Term,
    VideoId,
    joined,
    msg,
    msg_n,
    value,
)
from bot.domain.phases import (
    AwaitingApproval,
    Cancelled,
    Done,
    Failed,
    NeedsReview,
    Posting,
    Queued,
    Rendering,
    Saving,
    Submitting,
    Undelivered,
    Unknown,
    Unsent,
)
from bot.domain.queue.state import HoldKind, QueueHold
from bot.jobs.timing.estimates import JobEstimate
from bot.ui.text.phrases.cards import ANY_MOMENT, place_in_line, ready_about
from bot.ui.text.phrases.values import (
    A_PRIVATE_VIDEO,
    dotted,
    lines,
    mode,
    person,
    prompt,
    small,
)

# /status

YOUR_VIDEOS = msg("**Your videos**")
NOTHING_YET = msg("Nothing yet. `/create` makes your first video.")
NOTHING_SO_FAR = msg("Nothing yet.")
ONLY_YOURS = msg("Only your own videos are in progress.")
IN_ANOTHER_CHANNEL = msg("*a video in another channel*")


def nothing_yet(refusal: Message | None) -> Message:
    """`refusal`: why the reader may not make videos, if so."""
    return NOTHING_YET if refusal is None else joined(NOTHING_SO_FAR, refusal)


def to_decide(many: int) -> Message:
    return msg_n(
        "**{count} video needs a manager.** Open it with `/status video:`",
        "**{count} videos need a manager.** Open one with `/status video:`",
        many,
    )


def on_this_server(running: int, waiting: int, at_once: int, to_approve: int = 0) -> Message:
    return dotted(
        msg("**On this server**"),
        msg("{number} of {limit} rendering", number=Count(running), limit=Count(at_once)),
        msg("{number} queued", number=Count(waiting)),
        msg("{number} waiting for approval", number=Count(to_approve)) if to_approve else None,
    )


def held(hold: QueueHold) -> Message:
    """Why the queue is paused or closed, for everybody who looks at it."""
    by, since, reason = Person(hold.by), Moment(hold.since), Foreign(hold.sentence)
    if hold.kind is HoldKind.PAUSE:
        head = msg("⏸️ **The queue is paused.** {reason}", reason=reason)
        return lines(head, small(msg("by {member} {when}", member=by, when=since)))
    head = msg("🚧 **No new orders.** {reason}", reason=reason)
    return lines(head, small(msg("by {member} {when}; waiting orders are still made", member=by, when=since)))


def and_more(many: int) -> Message:
    return small(msg("… and {number} more", number=Count(many)))


def own_row(job: Job, estimate: JobEstimate | None = None) -> Message:
    """One of the asker's own videos."""
    return dotted(joined(state(job, estimate), _named(job)), *_about(job, estimate))


def row(job: Job, estimate: JobEstimate | None = None, *, hide: bool = False) -> Message:
    """One video. `hide`: others see only that somebody waits, not what a private video is about."""
    what = joined(state(job, estimate), A_PRIVATE_VIDEO if hide else _named(job))
    return dotted(what, person(job.owner_id), *_about(job, estimate))


def row_elsewhere(job: Job, estimate: JobEstimate | None = None) -> Message:
    """A place in the queue, taken by an order in a channel that the asker cannot see."""
    return joined(state(job, estimate), IN_ANOTHER_CHANNEL)


def _named(job: Job) -> Message:
    return Message("`{video}` {prompt}", {"video": VideoId(job.id), "prompt": prompt(job.request.prompt, 60)})


def _about(job: Job, estimate: JobEstimate | None) -> list[Message | None]:
    """Its source, and when it was ordered or will be ready."""
    return [mode(job), value(Moment(job.created_at)) if job.is_at_rest else None, time_to_go(job, estimate)]


def time_to_go(job: Job, estimate: JobEstimate | None) -> Message | None:
    """When a video will be ready, as far as known; it is written to be read much later."""
    if estimate is None or not isinstance(job.phase, Queued | Rendering):
        return None
    if estimate.late:
        return msg("taking longer than usual")
    return ANY_MOMENT if estimate.any_moment else ready_about(estimate)


def state(job: Job, estimate: JobEstimate | None = None) -> Message:
    """A phase as one symbol and one word. Has a case for each phase."""
    match job.phase:
        case Queued() | AwaitingApproval() as unsent:
            return _unsent(unsent, estimate)
        case Submitting():
            return msg("📨 sending:")
        case Unknown():
            return msg("🔎 checking:")
        case Rendering(progress=progress):
            return msg("🎥 {progress}%:", progress=Count(progress)) if progress else msg("🎥 rendering:")
        case Saving() | Posting():
            return msg("📥 finishing:")
        case Done():
            return _finished(job)
        case Undelivered():
            return msg("🗑️ deleted:") if job.deleted else msg("📦 not posted:")
        case Failed():
            return msg("❌ failed:")
        case Cancelled(reason=reason):
            return msg("🚫 cancelled:") if reason is None else msg("🚫 not approved:")
        case NeedsReview():
            return msg("⚠️ needs a manager:")


def _finished(job: Job) -> Message:
    if job.deleted:
        return msg("🗑️ deleted:")
    return value(Term("✅")) if job.expired_at is None else msg("🗄️ no longer kept:")


def _unsent(unsent: Unsent, estimate: JobEstimate | None) -> Message:
    if isinstance(unsent, AwaitingApproval):
        return msg("✋ waiting for approval:")
    if estimate is not None and estimate.line is not None and estimate.line.paused is not None:
        return msg("⏸️ paused:")
    place = place_in_line(estimate) if estimate is not None else None
    return msg("⏳ {place}:", place=place) if place is not None else msg("⏳ queued:")


# /settings

SHOWN_ROLES = 50  # a server may have 250, whose names would be too long for a message
RULES = msg("**This server's rules**")
A_DELETED_ROLE = msg("a deleted role")


def who_may_make(guild_settings: GuildSettings, deleted: Collection[int] = ()) -> Message:
    """`deleted`: roles that the server no longer has, which Discord shows as numbers."""
    if guild_settings.opening is AccessPolicy.EVERYONE:
        return msg("Everyone can make videos here.")
    if guild_settings.roles:
        some = sorted(guild_settings.roles)[:SHOWN_ROLES]
        more = len(guild_settings.roles) - len(some)
        named = [A_DELETED_ROLE if role in deleted else value(Role(role)) for role in some]
        roles = joined(*named, msg("and {number} more", number=Count(more)) if more else None, by=", ")
        return msg(
            "Members with any of these roles, or with Manage Server, can make videos here: {roles}.", roles=roles
        )
    return msg("Only members with Manage Server can make videos here. Add a role with `/settings access grant:`.")


def budget(guild_settings: GuildSettings) -> Message:
    return msg("Budget: {budget} a month.", budget=Money(guild_settings.monthly_budget))
