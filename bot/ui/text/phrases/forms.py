"""Forms: their titles, fields, hints and choices."""

from __future__ import annotations

from bot.domain.job import Job
from bot.domain.messages import Message, Model, Money, VideoId, msg, value
from bot.domain.models.health import Health
from bot.domain.video import Aim
from bot.jobs.ordering.remix import RemixOption
from bot.jobs.ordering.remix_offers import RemixOffer
from bot.ui.text.phrases.models import state_in_short
from bot.ui.text.phrases.values import dotted, seconds

WHAT_CHANGES = msg("What should change?")
ONE_CHANGE = msg("One clear change works best.")
NEW_PROMPT = msg("New prompt")
ALL_OF_IT = msg("Describe the whole video. The old prompt isn't added.")
PREFILL = msg("Next time, start with the old prompt")
NEW_IMAGE = msg("New image to start from")
FROM_IMAGE = msg("A new take starts from it instead of the video. That can change the price.")
MODEL = msg("Model")
MODEL_AND_LENGTH = msg("Model and length")
CREATE = msg("Create a video")
SECONDS = msg("Length in seconds")
SIZE = msg("Width x height in pixels")
EDIT_TEXT = msg("Edit")
CANNOT_CONTINUE = msg("can't continue it")
HOW = msg("How?")
PROMPT = msg("Prompt")
NOTHING_SPENT = msg("You aren't charged until you send it.")
ANIMATE = msg("Animate this image")
WHAT_MOVES = msg("What moves, and what the camera does")
WHAT_HAPPENS = msg("What should happen?")
WHICH_PICTURE = msg("Which image?")
WHAT_I_KNOW = msg("What Kinora knows. Compare it with the service's dashboard.")
DASHBOARD = msg("You'll find it on the service's dashboard.")
ID_AT_SERVICE = msg("The video's id at the service")


def made_by(offered: RemixOffer) -> Message:
    """A model and the length of its video."""
    change, on = offered.options.get(Aim.CHANGE), offered.options.get(Aim.CONTINUE)
    model = value(Model(offered.card.label))
    if change is None or on is None or change.seconds == on.seconds:
        return dotted(model, *(_length(option) for option in (change or on,) if option is not None))
    return dotted(model, msg("{length}, or {other} to continue", length=_length(change), other=_length(on)))


def _length(option: RemixOption) -> Message:
    length = seconds(option.seconds)
    return msg("same length ({length})", length=length) if option.keeps_length else length


def offer(offered: RemixOffer, health: Health | None) -> Message:
    """The price, and that of continuing it if that differs."""
    change, on = offered.options.get(Aim.CHANGE), offered.options.get(Aim.CONTINUE)
    state = state_in_short(health, None)
    if change is None:
        return dotted(None if on is None else msg("{price} to continue", price=remix_price(on)), state)
    if on is None:
        return dotted(remix_price(change), CANNOT_CONTINUE, state)
    if remix_price(on) == remix_price(change):
        return dotted(remix_price(change), state)
    return dotted(msg("{price}, or {other} to continue", price=remix_price(change), other=remix_price(on)), state)


def remix_price(option: RemixOption) -> Message:
    amount = Money(option.price)
    return msg("at most {price}", price=amount) if option.is_bound else msg("about {price}", price=amount)


def remix(job: Job) -> Message:
    return msg("Remix {video}", video=VideoId(job.id))


def edit(job: Job) -> Message:
    return msg("Run {video} again", video=VideoId(job.id))


def adopt(job: Job) -> Message:
    return msg("Link a video to {video}", video=VideoId(job.id))
