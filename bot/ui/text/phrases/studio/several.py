"""Several videos of /history at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.job import Job
from bot.domain.messages import Bytes, Choice, Message, Moment, Term, VideoId, joined, msg, msg_n
from bot.ui.text.phrases.lists import state
from bot.ui.text.phrases.values import facts, lines, small, words

SEVERAL = msg("Select several…")
CHOOSE = msg("Choose videos…")
DOWNLOAD = msg("Download")
BACK = msg("Back to the list")
TITLE = msg("**Choose videos to download, retry or delete**")
OPTION_WORDS = 80  # characters


def title(chosen: Sequence[Job]) -> Message:
    counted = msg_n("{count} video chosen", "{count} videos chosen", len(chosen)) if chosen else None
    return lines(TITLE, None if counted is None else small(counted))


def option(job: Job) -> Message:
    return Message("{video} {prompt}", {"video": VideoId(job.id), "prompt": words(job.request.prompt, OPTION_WORDS)})


def option_state(job: Job, label: str) -> Message:
    """`label`: the display name of its model."""
    return Message("{state} {facts}", {"state": state(job), "facts": facts(job, label)})


def download(videos: int, size: int) -> Message:
    return msg_n("Download {count} ({size})", "Download {count} ({size})", videos, size=Bytes(size))


def delete(videos: int) -> Message:
    return msg_n("Delete {count}…", "Delete {count}…", videos)


def retry(videos: int) -> Message:
    """How many of the videos failed."""
    return msg_n("Retry {count}…", "Retry {count}…", videos)


def delete_for_good(videos: int) -> Message:
    return msg_n("Delete {count} for good", "Delete {count} for good", videos)


def really_delete(ids: Sequence[str]) -> Message:
    return msg_n(
        "Delete this video for good? Its files are removed, its cost stays in `/costs`: {videos}",
        "Delete these {count} videos for good? Their files are removed, their costs stay in `/costs`: {videos}",
        len(ids),
        videos=Choice(tuple(map(Term, ids)), every=True),
    )


def deleted(videos: int, remains: int, left: int) -> Message:
    """What was actually removed."""
    return joined(
        msg_n("{count} video was deleted.", "{count} videos were deleted.", videos),
        None
        if not remains
        else msg_n(
            "Of {count} a message, or the service's copy, could not be removed.",
            "Of {count} a message, or the service's copy, could not be removed.",
            remains,
        ),
        None
        if not left
        else msg_n(
            "{count} was left as it is: it is not yours to delete, or still being made.",
            "{count} were left as they are: they are not yours to delete, or still being made.",
            left,
        ),
    )


def packed(videos: int, left_out: int) -> Message:
    return joined(
        msg_n("{count} video in one file.", "{count} videos in one file.", videos),
        None if not left_out else msg_n("{count} couldn't be downloaded.", "{count} couldn't be downloaded.", left_out),
    )


def link(address: str, size: int, until: datetime) -> Message:
    return msg(
        "That is {size}, more than a message carries here. [Download it]({address}), until {until}.",
        size=Bytes(size),
        address=Term(address),
        until=Moment(until),
    )


def too_large(size: int, most: int) -> Message:
    return msg(
        "That is {size}, and a message carries {most} here. Choose fewer videos. Nothing was changed.",
        size=Bytes(size),
        most=Bytes(most),
    )
