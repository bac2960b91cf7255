"""The texts of the web pages. Scripts have none of their own: they show words that are in the page."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.job import Job
from bot.domain.messages import Count, Day, DayStyle, Foreign, Message, Term, VideoId, joined, msg, value
from bot.domain.moderation.cases import TakenDown
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
)
from bot.domain.studio.collections import VideoCollection

Writer = Callable[[Message], str]  # renders a message as plain text, in the reader's language

# Why there is nothing to see.

WRONG = msg("This link is wrong or has expired. Use /show in Discord to get a new one.")
DELETED = msg("This video was deleted.")
LATER = msg("The video can't be fetched at the moment. Try again in a minute.")
BROKEN = msg("Something broke here; it was noted. Try again in a minute.")
WRONG_GALLERY = msg("This link is wrong or has expired. In Discord, use /history and press Open gallery for a new one.")
CLOSED = msg(
    "This gallery is closed. In Discord, use /history and press Open gallery. "
    "If you did so just now, allow cookies for this page."
)
NO_VIDEO = msg("There's no video with that id here, or it isn't yours to see.")

# The player

PLAYER = msg("Player")
PLAY, PAUSE = msg("Play"), msg("Pause")
POSITION = msg("Position")
POSITION_OF = msg(  # filled in by the script
    "{position} of {length}", position=Term("{position}"), length=Term("{length}")
)
MUTE, UNMUTE = msg("Mute"), msg("Unmute")
SPEED, LOOP, FULL_SCREEN = msg("Speed"), msg("Loop"), msg("Full screen")
UNPLAYABLE = msg("The video can't be played here. Download it instead.")
KEYS, USE_KEYS = msg("Keys"), msg("Use these keys on this page")
KEY_LIST = [
    ([msg("Space")], msg("play or pause")),
    ([value(Term("←")), value(Term("→"))], msg("one second back or on")),
    ([value(Term(",")), value(Term("."))], msg("one frame back or on")),
    ([value(Term("M"))], msg("mute")),
    ([value(Term("F"))], msg("full screen")),
]
DOWNLOAD = msg("Download")
COPY, COPIED = msg("Copy prompt"), msg("Copied")
PROMPT, ABOUT = msg("Prompt"), msg("About this video")
AI_GENERATED = msg("AI-generated")

# The gallery

GALLERY, EVERYONES = msg("Your videos"), msg("Everyone's videos")
ALL_VIDEOS = msg("All your videos")
OLDER, NOTHING = msg("Show older videos"), msg("Nothing yet. In Discord, /create makes your first video.")
NOTHING_FOUND = msg("No video fits that. Try fewer words or other filters, or show all.")
NO_OLDER = msg("There are no older videos.")
MORE, NO_MORE = msg("Show more videos"), msg("There are no more videos.")
NOBODY_RATED = msg("Nobody has rated any of these videos yet. In Discord, More… on a video has Like and Dislike.")
LOADED = msg("More videos were added below.")
WORDS, FAVOURITES, YOUR_FAVOURITES = msg("Words of the prompt"), msg("★ Favourites"), msg("Your favourites")
FILTER, FILTERS, WHOSE, STATE = msg("Which videos"), msg("Filters"), msg("Whose"), msg("State")
MINE, OF_EVERYONE, ALL_MODELS = msg("mine"), msg("everyone's"), msg("all")
FROM, TO, APPLY, EVERYTHING = msg("From"), msg("To"), msg("Apply"), msg("Show all")
SORT, RATING = msg("Sort"), msg("Rating")
COLLECTION, NO_COLLECTION, MAKER = msg("Collection"), msg("any"), msg("Made by")
MODEL, SIZE, COST, ORDERED, WHY = (
    msg("Model"),
    msg("Size"),
    msg("Cost"),
    msg("Ordered"),
    msg("Reason"),
)
PRIVATE = msg("Private")
MADE_FROM, MADE_OF_IT = msg("Made from"), msg("Made from this")


def poster_of(job: Job) -> Message:
    return msg("Poster of {video}", video=VideoId(job.id))


def length(job: Job) -> Message:
    """As ordered, until the video is made."""
    seconds = job.video.seconds if job.video is not None else job.request.seconds
    return msg("{seconds} s", seconds=Count(round(seconds)))


def day(job: Job) -> Message:
    return value(Day(job.created_at.date(), DayStyle.BRIEF))


def collection(shown: VideoCollection) -> Message:
    name = Foreign(shown.name)
    return msg("{name} (the server's)", name=name) if shown.is_servers else value(name)


def made_by(name: str | None) -> Message:
    """`name` is None if it is unknown: the member has left, or Discord cannot be asked."""
    return msg("by {member}", member=name_or_other(name))


def name_or_other(name: str | None) -> Message:
    return msg("another member") if name is None else value(Foreign(name))


def taken_down(down: TakenDown) -> Message:
    said = msg("Taken down by managers.")
    return joined(said, msg("Reason: {reason}", reason=Foreign(down.reason)) if down.reason else None)


def state(job: Job) -> Message:
    """One case for each phase."""
    if job.deleted:
        return msg("Deleted")
    match job.phase:
        case Queued():
            return msg("Queued")
        case AwaitingApproval():
            return msg("Waiting for approval")
        case Submitting():
            return msg("Sending")
        case Unknown():
            return msg("Checking")
        case Rendering(progress=progress):
            return msg("Rendering, {progress}%", progress=Count(progress)) if progress else msg("Rendering")
        case Saving() | Posting():
            return msg("Finishing")
        case Done():
            return msg("Finished") if job.expired_at is None else msg("No longer kept")
        case Undelivered():
            return msg("Not posted")
        case Failed():
            return msg("Failed")
        case Cancelled():
            return msg("Cancelled")
        case NeedsReview():
            return msg("Needs a manager")


def reason(job: Job) -> Message | None:
    """The reason for its state, if there is one."""
    if job.deleted:
        return None
    match job.phase:
        case Failed(reason=why) | NeedsReview(reason=why) | Undelivered(reason=why) | Cancelled(reason=why):
            return why
        case _:
            return None
