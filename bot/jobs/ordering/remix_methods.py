"""Which methods can remix a video, and at which account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.accounts import service_of
from bot.domain.job import Job
from bot.domain.models.card import ModelCard
from bot.domain.phases import Done, Posting, Rendering, Saving, Undelivered
from bot.domain.video import BY_FILE, BY_ID, STILLS, Aim, Mode, RemixMethod, serving


def account_of(card: ModelCard, source: Job, limits: OrderLimits = UNLIMITED) -> str:
    """Where a remix is sent: to the account of an own key if there is one; otherwise to the source's, if the model is
    there.

    A source at an account of somebody else's key is remixed elsewhere, from its file.
    """
    if own := limits.own_account(card, source.account):
        return own
    return source.account if source.account in card.account_names else card.account


def usable_methods(
    ways: Iterable[RemixMethod],
    card: ModelCard,
    source: Job,
    aim: Aim,
    since: datetime | None = None,
    *,
    is_there: bool = True,
) -> Sequence[RemixMethod]:
    """The methods that serve the aim and have the inputs they need, in the order they are tried.

    `since`: when the service moved here. `is_there`: the source was made at the account that the remix is sent to.
    """
    is_known = is_there and _knows(card, source, since)
    return [method for method in serving(ways, aim) if _is_usable(method, card, source, aim, is_known=is_known)]


def _is_usable(method: RemixMethod, card: ModelCard, source: Job, aim: Aim, *, is_known: bool) -> bool:
    """`is_known`: the source is the service's own video."""
    if method in BY_ID and not is_known:
        return False
    if source.video is None and (method in BY_FILE or aim is Aim.EXTEND):
        return False
    return method not in STILLS or card.takes_picture


def _knows(card: ModelCard, source: Job, since: datetime | None) -> bool:
    """Whether the source is the service's own complete video, made here by this model.

    Endpoints that change a video by its id mostly name no model: the video is made by the model that made the original.
    """
    if source.video is None and source.request.mode is Mode.EXTEND:
        return False  # only a download shows whether the service has the whole video
    if isinstance(source.phase, Rendering):
        return False  # services refuse to change a video that is not complete
    if source.video is not None and not source.video.is_at_service:
        return False
    here = since is None or source.created_at >= since
    same = service_of(source.account) in card.account_names and source.request.model == card.id
    return here and same and remote_id(source) is not None


def remote_id(job: Job) -> str | None:
    """The id of its video at the service, if it is being made or was made there."""
    match job.phase:
        case Rendering() | Saving() | Posting() | Done() | Undelivered() as phase:
            return phase.remote_id
        case _:
            return None
