"""The card of a job: its progress, its price, and who ordered it."""

from __future__ import annotations

from bot.domain.access.uncharged import NOT_CHARGED
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import (
    Channel,
    Duration,
    Foreign,
    Message,
    Moment,
    MomentStyle,
    Money,
    Ordinal,
    Person,
    Term,
    VideoId,
    msg,
    msg_n,
    value,
)
from bot.domain.money.usd import FREE
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
from bot.domain.queue.state import QueueHold
from bot.domain.texts.picture_notes import picture_note
from bot.jobs.ordering.alternatives import Alternatives
from bot.jobs.timing.estimates import JobEstimate
from bot.ui.text.formatting import bar
from bot.ui.text.phrases.access import approvals
from bot.ui.text.phrases.ordering.lost import looked_for
from bot.ui.text.phrases.ordering.options import in_short
from bot.ui.text.phrases.studio import extending
from bot.ui.text.phrases.values import (
    dotted,
    doubled,
    facts,
    failure,
    has_failed,
    lines,
    order_facts,
    parent,
    roughly,
    small,
    video,
    words,
)

SAVING = msg("📥 **Done.** Downloading…")
STUCK = msg(
    "The download keeps failing. Kinora keeps trying until the service deletes the video, which is paid for. "
    "A manager can close it."
)
CLOSED = msg(
    "The finished file is at an address that this bot may not download from. Whoever runs it can allow that; its log "
    "says how. A manager can close it."
)
BLOCKED = msg(
    "Something between Kinora and Discord blocks the message with this video. Kinora keeps trying for a day. The video "
    "is saved."
)
POSTING = msg("📤 **Done.** Posting…")
DONE = msg("✅ **Done.**")
EXPIRED = msg("🗄️ **No longer kept.** Its cost stays in `/costs`, and it can be run again.")
DELETED = msg("🗑️ **Deleted.** Its cost stays in `/costs`.")
LATE = msg("Taking longer than usual. Still working on it.")
ANY_MOMENT = msg("any moment now")
STOPPING = msg("Asking the service to stop…")
CANNOT_STOP = msg("The service can't stop it any more. You'll get the video and pay for it.")
TOO_LATE = msg("It was finished before it could be stopped, so it's paid for and yours.")
ACCOUNT_REFUSED = msg("The service is refusing this bot's account. Orders wait until that's fixed.")


def status(job: Job, estimate: JobEstimate, label: str) -> Message:
    """What is happening, in one or two lines. Has a case for each phase."""
    match job.phase:
        case Queued() | AwaitingApproval() as unsent:
            return _unsent(unsent, estimate)
        case Submitting():
            return msg("📨 **Sending to {model}…**", model=words(label, 60))
        case Unknown():
            return looked_for(job)
        case Rendering() as rendering:
            return _rendering(job, rendering, estimate)
        case Saving() as saving:
            return lines(SAVING, _too_late(job), _no_download(saving))
        case Posting() as posting:
            return lines(POSTING, _too_late(job), small(BLOCKED) if posting.is_stuck else None)
        case Done():
            return DELETED if job.deleted else EXPIRED if job.expired_at else DONE
        case Undelivered(reason=reason):
            kept = msg("📦 **Done, but not posted.** {reason}", reason=reason)
            return lines(kept, None if job.deleted else small(_where_to_show(job)))
        case Failed() as failed:
            return msg("❌ **Failed.** {why}", why=failure(job, failed))
        case Cancelled() as ended:
            return _cancelled(job, ended)
        case NeedsReview(reason=reason):
            return _set_aside(job, reason)


def _too_late(job: Job) -> Message | None:
    """Shown if a cancellation came too late."""
    return small(TOO_LATE) if job.cancel_asked_by is not None else None


def _no_download(saving: Saving) -> Message | None:
    """Why it takes so long, if it is stuck."""
    if not saving.is_stuck:
        return None
    return small(STUCK if saving.place is None else CLOSED)


def _where_to_show(job: Job) -> Message:
    return msg("`/show video:{video}` posts it in another channel (free).", video=VideoId(job.id))


def _unsent(unsent: Unsent, estimate: JobEstimate) -> Message:
    if isinstance(unsent, AwaitingApproval):
        return approvals.waiting(unsent)
    return _in_line(estimate, unsent.waits_for)


def _cancelled(job: Job, ended: Cancelled) -> Message:
    if ended.reason is not None:
        return approvals.not_approved(ended)
    may = msg("Rendering had started, so this may still cost {quote}.", quote=Money(job.charge))
    money = may if ended.charged and job.charge > FREE else NOT_CHARGED
    if ended.by == job.owner_id:  # the card shows the owner below
        return msg("🚫 **Cancelled.** {money}", money=money)
    return msg("🚫 **Cancelled** by {member}. {money}", member=Person(ended.by), money=money)


def _set_aside(job: Job, reason: Message) -> Message:
    money = msg("{quote} is on hold until a manager decides.", quote=Money(job.quote))
    if job.charge == FREE:
        money = NOT_CHARGED
    elif job.cost is not None:
        money = msg("{cost} was charged.", cost=Money(job.cost))
    return msg("⚠️ **Needs a manager.** {reason} {money}", reason=reason, money=money)


def _in_line(estimate: JobEstimate, waits_for: Message | None) -> Message:
    why = small(waits_for) if waits_for else None
    if estimate.line is not None and estimate.line.paused is not None:
        return _held_back(estimate.line.paused)
    if (place := place_in_line(estimate)) is None:
        return lines(msg("⏳ **Waiting**"), why)
    return lines(dotted(msg("⏳ **{place}**", place=place), ready_about(estimate)), why)


def _held_back(hold: QueueHold) -> Message:
    """Why it waits, since when, and that nothing is lost."""
    why = msg("⏸️ **Waiting: the queue is paused.** {reason}", reason=Foreign(hold.sentence))
    return lines(why, small(dotted(paused_by(hold), msg("you keep your place, free until it's sent"))))


def paused_by(hold: QueueHold) -> Message:
    return msg("paused by {member} {when}", member=Person(hold.by), when=Moment(hold.since))


def place_in_line(estimate: JobEstimate) -> Message | None:
    if estimate.line is None or estimate.line.paused is not None:
        return None
    if estimate.line.ahead == 0:
        return msg("Next in line")
    return msg("{place} in line", place=Ordinal(estimate.line.ahead + 1))


def ready_about(estimate: JobEstimate) -> Message | None:
    """A time of day, as a countdown would go on below zero."""
    return msg("ready about {time}", time=Moment(estimate.ready_at, MomentStyle.CLOCK)) if estimate.ready_at else None


def _rendering(job: Job, rendering: Rendering, estimate: JobEstimate) -> Message:
    started = msg("started {when}", when=Moment(rendering.started_at))
    stopping = CANNOT_STOP if rendering.cancel_refused else STOPPING if job.cancel_asked_by else None
    return lines(
        dotted(msg("🎥 **Rendering**"), started, ANY_MOMENT if estimate.any_moment else usual(estimate)),
        _progress(rendering, estimate),
        small(LATE) if estimate.late else None,
        small(stopping) if stopping else None,
    )


def _progress(rendering: Rendering, estimate: JobEstimate) -> Message | None:
    if rendering.ahead:
        return small(
            msg_n(
                "Waits there for {count} other render to end.",
                "Waits there for {count} other renders to end.",
                rendering.ahead,
            )
        )
    if rendering.progress:
        return value(Term(bar(rendering.progress)))
    return value(Term(bar(estimate.percent, estimated=True))) if estimate.percent else None


def usual(estimate: JobEstimate) -> Message | None:
    """How long this kind of video usually takes here, as far as known."""
    if estimate.usual is None:
        return msg("first one here") if estimate.is_first else None
    if estimate.is_first:
        return msg("first one here, typically {time}", time=roughly(estimate.usual))
    return msg("usually {time}", time=Duration(estimate.usual))


def trouble(job: Job, alternatives: Alternatives | None, label: str) -> Message | None:
    """Shown while a job waits; a failed job gives its own reason."""
    if alternatives is None or not isinstance(job.phase, Queued):
        return None
    if alternatives.health.failing is not None:
        return small(has_failed(words(label, 60), alternatives.health.failing))
    return None if job.phase.waits_for else small(ACCOUNT_REFUSED)


def small_print(job: Job, label: str, link: str | None, before: float | None = None) -> Message:
    """What was ordered, what it starts from, and by whom. `link` leads to the source of a remix.

    `before`: the length of the video that it will extend.
    """
    # If it ended without a video, the state shows the cost.
    said = isinstance(job.phase, Failed | Cancelled | NeedsReview)
    ordered = order_facts(label, job.request, None) if said else facts(job, label)
    beside = in_short(job.request.options)
    whole = None if before is None else extending.sum_of(before, job.request.seconds)
    known = (parent(job.request, link), whole, extending.way(job), starts_from(job), beside)
    start = [part for part in known if part is not None]
    by, double = msg("by {member}", member=Person(job.owner_id)), doubled(job)
    return lines(
        small(ordered),
        None if double is None else small(double),
        small(dotted(*start)) if start else None,
        small(dotted(video(job), by, approvals.approved_by(job))),
    )


def starts_from(job: Job) -> Message | None:
    """The picture that a video starts from, and how it was adapted."""
    picture = job.request.picture
    if picture is None:
        return None
    note = picture_note(picture.note)
    return msg("Starts from an image ({note})", note=note) if note else msg("Starts from an image")


def folded(job: Job, link: str, label: str, where: Message | None = None) -> Message:
    """A finished job in two lines. `where`: the place of its video, if that is not here."""
    head = Message("✅ **{prompt}**", {"prompt": words(job.request.prompt, 80)})
    return lines(dotted(head, watch(link)), small(dotted(video(job), facts(job, label), extending.way(job), where)))


def elsewhere(job: Job, result: PostedMessage) -> Message | None:
    """Where the video is, for readers of its card."""
    if result.channel_id == job.channel_id:
        return None
    if result.direct:
        return msg("sent to {member} directly", member=Person(job.owner_id))
    return msg("posted in {channel}", channel=Channel(result.channel_id))


def watch(link: str) -> Message:
    return msg("[watch]({link})", link=Term(link))


def reference(job: Job) -> Message:
    """A text alternative for the thumbnail."""
    note = picture_note(job.request.picture.note) if job.request.picture else None
    return msg("Starts from this image ({note})", note=note) if note else msg("Starts from this image")


RUN_AGAIN = msg("Run again")  # after an order that cost nothing, so without a price


def run_again(job: Job) -> Message:
    return msg("Run again · {quote}", quote=Money(job.quote))


def order_it(job: Job) -> Message:
    return msg("Order it · {quote}", quote=Money(job.quote))


GO_ON = msg("Continue with it")
