"""The message with a finished video, and what is said about it when it is shown once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Posting, Undelivered
from bot.domain.video import StoredVideo
from bot.ui.text.phrases.cards import starts_from
from bot.ui.text.phrases.values import REMIX_METHOD_TEXT, dotted, facts, lines, parent, small, video

DELETED = msg("Its files were deleted.")
MISSING = msg("Its file is missing from the store.")
ELSEWHERE = msg(
    "Its file is not in this bot's data folder. It lies with another Kinora that shares the database; ask the host to "
    "give them all one `DATA_DIR`, or to bring the file here."
)
WATCH = msg("Watch")
AI_GENERATED = msg("AI-generated")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFacts:
    """What a result says beside its job. `left` of the server's month, after this video; None where nobody asked."""

    label: str | None = None  # the model's
    parent: str | None = None  # a link to the message with the video that this is a remix of
    left: Usd | None = None


def result_line(job: Job, about: ResultFacts, *, late: bool = False, names_owner: bool = False) -> Message:
    """What it is and cost, what it came from, how it was made. `names_owner`: nobody else on the message does."""
    left = None if about.left is None else msg("{left} left this month", left=Money(about.left))
    method = job.phase.method if isinstance(job.phase, Posting | Done | Undelivered) else None
    how = None if method is None else REMIX_METHOD_TEXT[method]
    source = parent(job.request, about.parent, told_how=how is not None)
    start = [part for part in (source, how, starts_from(job)) if part is not None]
    by = msg("by {member}", member=Person(job.owner_id)) if names_owner else None
    end = msg("delivered late") if late else None
    return lines(
        small(dotted(facts(job, about.label), left)),
        small(dotted(*start)) if start else None,
        small(dotted(video(job), by, end, AI_GENERATED)),
    )


def described(job: Job, *, still: bool) -> Message:
    """What is shown, for those who cannot see it."""
    prompt = Foreign(job.request.prompt)
    return msg("A still from: {prompt}", prompt=prompt) if still else msg("Video: {prompt}", prompt=prompt)


def ready(owner_id: int) -> Message:
    return msg("{member}, your video is ready.", member=Person(owner_id))


def shown_again(asked_by: int) -> Message:
    return msg("Shown again for {member}.", member=Person(asked_by))


def preview_note(original: StoredVideo, size: int) -> Message:
    why = joined(value(Bytes(original.bytes)), *_oddities(original), by=", ")
    return msg(
        "Preview of {size}. The original ({why}) is kept; `/show` delivers it where the limit allows.",
        size=Bytes(size),
        why=why,
    )


def odd_note(original: StoredVideo) -> Message:
    return msg(
        "Some devices do not play this format ({what}); download it there.",
        what=joined(*_oddities(original), by=", "),
    )


def _oddities(video: StoredVideo) -> list[Message]:
    """What keeps some devices from playing it. Of videos kept by older versions the codec is all that is known."""
    odd = () if video.plays_everywhere else video.obstacles or (video.codec,)
    return [value(Term(each)) for each in odd]


def link_note(original: StoredVideo, until: datetime) -> Message:
    return msg(
        "The video ({size}) is larger than Discord takes here. "
        "**Watch** opens it until {until}; it is kept after that too.",
        size=Bytes(original.bytes),
        until=Moment(until, MomentStyle.DAY),
    )


def kept_note(original: StoredVideo) -> Message:
    return msg(
        "The video ({size}) is larger than Discord takes here. "
        "The original is kept; `/show` delivers it where the limit allows.",
        size=Bytes(original.bytes),
    )


def frames(job: Job) -> Message:
    return msg("Frames of {video}, with their times", video=VideoId(job.id))


def no_frames(job: Job) -> Message:
    return msg("The frames of {video} are missing here. The video itself may still be watched.", video=VideoId(job.id))


# Shown once more


def is_shown(job: Job, link: str) -> Message:
    return msg("{video} is shown: {link}\nThat cost nothing.", video=VideoId(job.id), link=Term(link))


def not_posted_there(job: Job, why: Message) -> Message:
    return msg(
        "{video} could not be posted there. {why} It is kept, and nothing was spent.", video=VideoId(job.id), why=why
    )


def not_posted_now(job: Job, why: Message) -> Message:
    return msg("{why} {video} is kept; show it again in a minute. Nothing was spent.", why=why, video=VideoId(job.id))


def only_for_you(why: Message) -> Message:
    return msg("{why} So only you see it, here, until you dismiss it; `/show` works again. That cost nothing.", why=why)


def too_large_here(job: Job, why: Message) -> Message:
    return msg("{why} {video} is too large to show it here; it is kept.", why=why, video=VideoId(job.id))


def was_deleted(job: Job) -> Message:
    return msg("{video} was deleted, its files are gone. What it cost stays in `/costs`.", video=VideoId(job.id))


def deleted_just_now(job: Job) -> Message:
    return msg("{video} was deleted just now.", video=VideoId(job.id))


def being_posted(job: Job) -> Message:
    return msg("{video} is just being posted in its channel. If that fails, it is kept for you.", video=VideoId(job.id))


def nothing_to_show(job: Job) -> Message:
    if job.is_at_rest:
        return msg(
            "{video} was not made, so there is nothing to show. `/status video:{video}` says how it stands.",
            video=VideoId(job.id),
        )
    return msg(
        "{video} is not finished, so there is nothing to show. `/status video:{video}` says how it stands.",
        video=VideoId(job.id),
    )
