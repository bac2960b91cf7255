"""The message with a finished video, and the sentences about showing it again."""

from __future__ import annotations

from datetime import datetime

from bot.data_classes import value_object
from bot.domain.job import Job
from bot.domain.messages import (
    Bytes,
    Foreign,
    Message,
    Moment,
    MomentStyle,
    Money,
    Person,
    Term,
    VideoId,
    joined,
    msg,
    value,
)
from bot.domain.money.allowances import Remainder, Scope
from bot.domain.money.usd import FREE
from bot.domain.studio.ratings import UNRATED, VideoRating
from bot.domain.studio.words import rating
from bot.domain.video import StoredVideo
from bot.ui.text.phrases.cards import starts_from
from bot.ui.text.phrases.studio import extending
from bot.ui.text.phrases.values import dotted, doubled, facts, how_made, lines, parent, small, video

DELETED = msg("Its files were deleted.")
MISSING = msg("Its file is missing.")
ELSEWHERE = msg(
    "Its file is with another Kinora that shares this database. Ask whoever runs this bot to give both the same "
    "`DATA_DIR`."
)
WATCH = msg("Watch")
AI_GENERATED = msg("AI-generated")


@value_object
class ResultFacts:
    """What a result shows in addition to its job. `left` is the budget after this video; None if it is not shown."""

    label: str | None = None  # the model's
    parent: str | None = None  # a link to the message with the source of this remix
    left: Remainder | None = None
    is_spoiler: bool = False
    rating: VideoRating = UNRATED


def result_line(job: Job, about: ResultFacts, *, late: bool = False, names_owner: bool = False) -> Message:
    """What it is, its cost, its source and its method. `names_owner`: nothing else on the message does."""
    left = None if about.left is None else still_left(about.left)
    how = extending.way(job) or how_made(job)
    source = parent(job.request, about.parent, told_how=how is not None)
    start = [part for part in (source, how, starts_from(job)) if part is not None]
    by = msg("by {member}", member=Person(job.owner_id)) if names_owner else None
    end, double = msg("delivered late") if late else None, doubled(job)
    return lines(
        None if double is None else small(double),
        small(dotted(facts(job, about.label), left)),
        None if job.overrun == FREE else small(_overrun(job)),
        small(dotted(*start)) if start else None,
        small(dotted(video(job), by, end, rating(about.rating), AI_GENERATED)),
    )


def _overrun(job: Job) -> Message:
    """What a service charged beyond the quoted price is shown, too."""
    return msg(
        "The service charged {more} more than the {price} that was quoted.",
        more=Money(job.overrun),
        price=Money((job.cost or FREE) - job.overrun),
    )


def still_left(remainder: Remainder) -> Message:
    left, cap = Money(remainder.left), Money(remainder.cap)
    match remainder.scope:
        case Scope.SERVER:
            return msg("{left} left this month", left=left)
        case Scope.POOL:
            return msg("{left} of {role}'s {cap} this month left", left=left, role=remainder.whose, cap=cap)
        case Scope.MONTH:
            return msg("{left} of your {cap} this month left", left=left, cap=cap)
        case Scope.DAY:
            return msg("{left} of your {cap} today left", left=left, cap=cap)
        case Scope.GRANT:
            return msg("{left} of the {cap} you were granted left", left=left, cap=cap)
        case Scope.KEY:
            return msg("{left} of the key's {cap} this month left", left=left, cap=cap)


def described(job: Job, *, still: bool) -> Message:
    """A text alternative for people who cannot see the video."""
    prompt = Foreign(job.request.prompt)
    return msg("A still from: {prompt}", prompt=prompt) if still else msg("Video: {prompt}", prompt=prompt)


def ready(owner_id: int) -> Message:
    return msg("{member}, your video is ready.", member=Person(owner_id))


def shown_again(asked_by: int) -> Message:
    return msg("Shown again for {member}.", member=Person(asked_by))


def preview_note(original: StoredVideo, size: int) -> Message:
    why = joined(value(Bytes(original.bytes)), *_oddities(original), by=", ")
    return msg(
        "Preview ({size}). The original ({why}) is kept. `/show` posts it where Discord allows.",
        size=Bytes(size),
        why=why,
    )


def odd_note(original: StoredVideo) -> Message:
    return msg(
        "Some devices can't play this format ({what}). Download it to watch it there.",
        what=joined(*_oddities(original), by=", "),
    )


def _oddities(video: StoredVideo) -> list[Message]:
    """What keeps some devices from playing it. For videos saved by older versions only the codec is known."""
    odd = () if video.plays_everywhere else video.obstacles or (video.codec,)
    return [value(Term(each)) for each in odd]


def link_note(original: StoredVideo, until: datetime) -> Message:
    return msg(
        "The video ({size}) is too large for Discord here. **Watch** plays it until {until}, and it's kept after that.",
        size=Bytes(original.bytes),
        until=Moment(until, MomentStyle.DAY),
    )


def kept_note(original: StoredVideo) -> Message:
    return msg(
        "The video ({size}) is too large for Discord here. "
        "The original is kept. `/show` posts it where Discord allows.",
        size=Bytes(original.bytes),
    )


def frames(job: Job) -> Message:
    return msg("Frames of {video}, with their times", video=VideoId(job.id))


def no_frames(job: Job) -> Message:
    return msg("The frames of {video} are missing here. You can still watch the video.", video=VideoId(job.id))


# Showing a video again


def is_shown(job: Job, link: str) -> Message:
    return msg("{video} is shown: {link}\nThat cost nothing.", video=VideoId(job.id), link=Term(link))


def not_posted_there(job: Job, why: Message) -> Message:
    return msg(
        "{video} couldn't be posted there. {why} It's kept, and you weren't charged.", video=VideoId(job.id), why=why
    )


def not_posted_now(job: Job, why: Message) -> Message:
    return msg("{why} {video} is kept. Try again in a minute. You weren't charged.", why=why, video=VideoId(job.id))


def only_for_you(why: Message) -> Message:
    return msg(
        "{why} Only you can see it here, until you dismiss it. `/show` posts it again. That cost nothing.", why=why
    )


def too_large_here(job: Job, why: Message) -> Message:
    return msg("{why} {video} is too large to show here. It's kept.", why=why, video=VideoId(job.id))


def why_gone(job: Job) -> Message:
    """Why there is no video, or no longer."""
    if job.deleted:
        return was_deleted(job)
    return nothing_to_show(job) if job.expired_at is None else expired(job)


def expired(job: Job) -> Message:
    day = Moment(job.expired_at or job.created_at, MomentStyle.DAY)
    return msg(
        "{video} was removed {day}, as this server keeps videos for a limited time. What was posted in Discord is "
        "still there, and **Run again** makes a new one.",
        video=VideoId(job.id),
        day=day,
    )


def was_deleted(job: Job) -> Message:
    return msg("{video} was deleted. Its cost stays in `/costs`.", video=VideoId(job.id))


def deleted_just_now(job: Job) -> Message:
    return msg("{video} was just deleted.", video=VideoId(job.id))


def being_posted(job: Job) -> Message:
    return msg("{video} is being posted in its channel. If that fails, it's kept for you.", video=VideoId(job.id))


def nothing_to_show(job: Job) -> Message:
    if job.is_at_rest:
        return msg("{video} never finished, so there's nothing to show.", video=VideoId(job.id))
    return msg(
        "{video} isn't finished yet. `/status video:{video}` shows its progress.",
        video=VideoId(job.id),
    )
