"""Extending a video: the form, the question, and the result."""

from __future__ import annotations

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Count, Message, Model, VideoId, msg, value
from bot.domain.models.health import Health
from bot.domain.phases import Rendering, Saving
from bot.domain.video import Aim, Join, Mode, RemixMethod, VideoRequest
from bot.jobs.ordering.remix_offers import RemixOffer
from bot.ui.text.phrases.forms import remix_price
from bot.ui.text.phrases.models import state_in_short
from bot.ui.text.phrases.values import added, dotted

EXTEND = msg("Extend…")
WHAT_NEXT = msg("What happens next?")
FROM_ITS_END = msg("It goes on from the last frame. You pay for the new part only.")
NEW_PART_ONLY = msg("You pay for the new part only.")
WAYS = {  # while it is being made
    RemixMethod.EXTEND: msg("Extended by the service"),
    RemixMethod.LAST_FRAME: msg("Continues from the last frame, then joined with the original"),
}
ENDS = {
    Join.SERVICE: msg("Extended by the service"),
    Join.JOINED: msg("Continues from the last frame, joined with the original"),
    Join.SOURCE_GONE: msg("The new part alone: the original was deleted before the two could be joined."),
    Join.FAILED: msg("The new part alone: it couldn't be joined with the original. Both are kept."),
}


def title(job: Job) -> Message:
    return msg("Extend {video}", video=VideoId(job.id))


def question(request: VideoRequest, price: Message) -> Message:
    """For an order that extends a video."""
    video = VideoId(request.source or JobId(""))
    return msg("Extend {video} by {seconds} s for {price}?", video=video, seconds=Count(request.seconds), price=price)


def sum_of(before: float, new: int) -> Message:
    """The length of the whole."""
    return msg(
        "{before} s + {new} s = {total} s",
        before=Count(round(before)),
        new=Count(new),
        total=Count(round(before) + new),
    )


def way(job: Job) -> Message | None:
    """The method of an extension; None for anything else, and while it is not known."""
    if job.request.mode is not Mode.EXTEND:
        return None
    if job.video is not None and job.video.extension is not None:
        return ENDS[job.video.extension.join]
    method = job.phase.method if isinstance(job.phase, Rendering | Saving) else None
    return None if method is None else WAYS.get(method)


def option(offered: RemixOffer) -> Message:
    """A model, and by how much it extends the video."""
    return dotted(value(Model(offered.card.label)), added(offered.options[Aim.EXTEND].seconds))


def hint(offered: RemixOffer, before: float, health: Health | None) -> Message:
    """The price, the length of the whole, and who extends it."""
    made = offered.options[Aim.EXTEND]
    return dotted(
        remix_price(made),
        msg("{total} s in all", total=Count(round(before) + made.seconds)),
        msg("by the service") if made.method is RemixMethod.EXTEND else msg("joined by Kinora"),
        state_in_short(health, None),
    )
