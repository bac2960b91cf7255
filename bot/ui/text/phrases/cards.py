"""The card of a job: what happens, what it costs, who ordered it."""

from __future__ import annotations

from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Channel, Foreign, Message, Moment, Money, Ordinal, Person, Term, VideoId, msg, value
from bot.domain.phases import (
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
)
from bot.jobs.ordering.alternatives import Alternatives
from bot.jobs.timing.estimates import JobEstimate
from bot.ui.text.formatting import bar
from bot.ui.text.phrases.values import (
    MODE,
    NOT_CHARGED,
    dotted,
    facts,
    failure,
    has_failed,
    lines,
    small,
    title,
    video,
    words,
)

ORDERING = msg("📨 **Being ordered** at the video service…")
CHECKING = msg(
    "🔎 **Checking the order.** The service's answer got lost on the way, so I look whether it has the "
    "video before anything else happens. It is never ordered twice."
)
SAVING = msg("📥 **Finished.** Bringing it home…")
STUCK = msg(
    "It could not be downloaded so far; it was charged, and is tried on until the service no longer has it. "
    "A manager can give it up meanwhile."
)
POSTING = msg("📤 **Finished.** Posting it…")
DONE = msg("✅ **Done.**")
WHO_DECIDES = msg("The buttons are for members with Manage Server; `/status` lists all that waits for them.")
MAY_BE_CHARGED = msg("The service had begun, so it may still be charged.")
LATE = msg("It takes longer than usual. It is not lost; I keep looking.")
STOPPING = msg("Asking the service to stop…")
ACCOUNT_REFUSED = msg("Its service refuses this bot's account just now; orders there wait.")


def heading(job: Job) -> Message:
    return dotted(title(job.request), facts(job))


def status(job: Job, estimate: JobEstimate) -> Message:
    """What is happening, in one or two lines. One case for each phase."""
    match job.phase:
        case Queued(waits_for=waits_for):
            return _in_line(estimate, waits_for)
        case Submitting():
            return ORDERING
        case Unknown():
            return CHECKING
        case Rendering(progress=progress, cancel_refused=refused):
            return _rendering(job, estimate, progress, refused=refused)
        case Saving() as saving:
            return lines(SAVING, small(STUCK) if saving.is_stuck else None)
        case Posting():
            return POSTING
        case Done():
            return DONE
        case Undelivered(reason=reason):
            kept = msg("📦 **Finished and kept, but not posted.** {reason}", reason=reason)
            return lines(kept, None if job.deleted else small(_where_to_show(job)))
        case Failed() as failed:
            return msg("❌ **Failed.** {why}", why=failure(failed))
        case Cancelled(by=by, charged=charged):
            money = MAY_BE_CHARGED if charged else NOT_CHARGED
            return msg("🚫 **Cancelled** by {member}. {money}", member=Person(by), money=money)
        case NeedsReview(reason=reason):
            return lines(_set_aside(job, reason), small(WHO_DECIDES))


def _where_to_show(job: Job) -> Message:
    return msg("`/show video:{video}` posts it in another channel. That costs nothing.", video=VideoId(job.id))


def _set_aside(job: Job, reason: Message) -> Message:
    return msg(
        "⚠️ **Needs a server manager.** {reason} {quote} stays set aside until one decides.",
        reason=reason,
        quote=Money(job.quote),
    )


def _in_line(estimate: JobEstimate, waits_for: Message | None) -> Message:
    line = estimate.line
    if line is None:
        return msg("⏳ **In line.**")
    place = (
        msg("⏳ **Next in line**") if line.ahead == 0 else msg("⏳ **{place} in line**", place=Ordinal(line.ahead + 1))
    )
    ready = msg("ready {when}", when=Moment(estimate.ready_at)) if estimate.ready_at else None
    return lines(dotted(place, ready), small(waits_for) if waits_for else None)


def _rendering(job: Job, estimate: JobEstimate, progress: int | None, *, refused: bool) -> Message:
    ready = msg("ready {when}", when=Moment(estimate.ready_at)) if estimate.ready_at else msg("any moment now")
    stopping = _paid_anyway(job) if refused else STOPPING if job.cancel_asked_by else None
    return lines(
        dotted(msg("🎥 **Rendering**"), ready),
        None if progress is None else value(Term(bar(progress))),
        small(LATE) if estimate.late else None,
        small(stopping) if stopping else None,
    )


def _paid_anyway(job: Job) -> Message:
    return msg(
        "The service cannot stop it any more: it is paid ({quote}), and you get the video.", quote=Money(job.quote)
    )


def trouble(job: Job, alternatives: Alternatives | None) -> Message | None:
    """Said to those who wait; a failed job says itself what was wrong."""
    if alternatives is None or not isinstance(job.phase, Queued):
        return None
    if alternatives.health.failing is not None:
        return small(has_failed(words(job.request.model, 60), alternatives.health.failing))
    return None if job.phase.waits_for else small(ACCOUNT_REFUSED)


def small_print(job: Job) -> Message:
    picture = job.request.picture
    fitted = msg("picture {note}", note=Foreign(picture.note)) if picture and picture.note else None
    return small(dotted(video(job), msg("ordered by {member}", member=Person(job.owner_id)), fitted))


def folded(job: Job, link: str, where: Message | None = None) -> Message:
    """A finished job in two lines. `where`: the place of its video, when that is not here."""
    head = msg("✅ **{mode}**", mode=MODE[job.request.mode])
    first = dotted(head, value(words(job.request.prompt, 80)), watch(link))
    return lines(first, small(dotted(video(job), facts(job), where)))


def elsewhere(job: Job, result: PostedMessage) -> Message | None:
    """Where the video is, for those who look for it at its card."""
    if result.channel_id == job.channel_id:
        return None
    if result.direct:
        return msg("sent to {member} directly", member=Person(job.owner_id))
    return msg("posted in {channel}", channel=Channel(result.channel_id))


def watch(link: str) -> Message:
    return msg("[watch]({link})", link=Term(link))


def reference(job: Job) -> Message:
    """What the thumbnail is, for those who cannot see it."""
    note = job.request.picture.note if job.request.picture else ""
    return msg("Starts from this picture, {note}", note=Foreign(note))


def try_again(job: Job) -> Message:
    return msg("Try again · {quote}", quote=Money(job.quote))


def order_again(job: Job) -> Message:
    return msg("Order again · {quote}", quote=Money(job.quote))


def again(job: Job) -> Message:
    return msg("Again · {quote}", quote=Money(job.quote))


def order_it(job: Job) -> Message:
    return msg("Order it · {quote}", quote=Money(job.quote))


GO_ON = msg("Go on with it")
