"""Matches videos in a service's list with orders whose video is not known.

A listed video goes to the one order that it fits best; a tie goes to a person. Facts missing from a list count neither
for nor against a video.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from bot.data_classes import value_object
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.own_name import own_name, seed_of
from bot.domain.phases import NeedsReview, Submitting, Unknown, Unsent
from bot.domain.ports.provider import Listed
from bot.domain.ports.provider_orders import LostOrder, OpenOrder, ProviderOrders
from bot.domain.video import BY_ID, RemixMethod
from bot.jobs.ordering.remix_methods import remote_id
from bot.jobs.ordering.remix_prompts import remix_prompt
from bot.jobs.timing.suspend import SuspendDetector

SETTLE = timedelta(seconds=60 + 120)  # the longest that a paid request may take, plus two minutes for a late commit
SKEW = timedelta(seconds=30)  # how much a service's clock usually differs from ours
WIDE = timedelta(hours=1)  # how much it may differ before a video can no longer be the order's
LOOKALIKE = msg(
    "The service already has a video with exactly this prompt that belongs to no order here, perhaps because an old "
    "backup was restored. It could be any of several orders, so none of them was sent."
)
_FOREVER = datetime.max.replace(tzinfo=UTC) - 2 * WIDE


class MatchConfidence(IntEnum):
    """How well a listed video fits an order."""

    NO = 0
    MAYBE = 1  # the prompt fits, but the time, the model or the source is odd
    NAMELESS = 2  # everything fits, but the list shows no prompts
    SURE = 3


@value_object
class Expected:
    """A job as the service's list would show its video."""

    job: Job
    prompts: frozenset[str]
    model: str | None  # the name that was sent; None if there was none
    earliest: datetime
    latest: datetime
    method: RemixMethod | None = None
    source_id: str | None = None  # of the video that the service was, or may have been, told to change
    seeds: Collection[int] = ()  # one of which was sent, if the model has seeds; empty: not known
    is_own_seed: bool = False  # chosen by us for this very order: no other order has it
    lost: LostOrder | None = None  # it was replaced by another request for the job, which may have a video by now
    whole: int | None = None  # seconds with the video that the service was told to extend: OpenAI's lists say those

    def fit(self, entry: Listed) -> MatchConfidence:
        if self.lost is not None and self.lost.replaced.remote_id is not None:
            return MatchConfidence.SURE if entry.remote_id == self.lost.replaced.remote_id else MatchConfidence.NO
        if self.seeds and entry.seed not in {None, *self.seeds}:
            return MatchConfidence.NO
        if self._has_own_seed(entry):  # whenever it began: some services report when it left their queue
            return MatchConfidence.SURE
        if entry.created_at < self.earliest - WIDE or self._is_too_late(entry):
            return MatchConfidence.NO
        if entry.prompt is not None and entry.prompt.strip() not in self.prompts:
            return MatchConfidence.NO
        request = self.job.request
        as_long = entry.seconds in {None, str(request.seconds), str(self.whole)}
        as_ordered = as_long and entry.size in {None, str(request.size)}
        if not as_ordered and self.method not in BY_ID:  # a remix by id may keep the length and size of its source
            return MatchConfidence.NO
        in_time = self.earliest - SKEW <= entry.created_at <= self.latest + SKEW
        if not as_ordered or not in_time or not self._is_model(entry) or not self._is_remix_as(entry):
            return MatchConfidence.MAYBE
        return MatchConfidence.NAMELESS if entry.prompt is None else MatchConfidence.SURE

    def is_exactly(self, entry: Listed) -> bool:
        """Whether everything fits with certainty, and the list leaves nothing out."""
        said = entry.seconds is not None and entry.size is not None and (entry.model is not None or not self.model)
        return said and self.fit(entry) is MatchConfidence.SURE

    def made_of(self, entry: Listed) -> datetime | None:
        """When the request was sent that made this order's video; None if none was sent, as far as we know."""
        (sent_at, _), first = sent_as(self.job), self.job.first_try_here
        if sent_at is None or first is None:
            return sent_at
        if self.is_own_seed and entry.seed is not None:
            return first.sent_at if entry.seed == seed_of(own_name(self.job.id, first.sent_at)) else sent_at
        return first.sent_at if entry.created_at < sent_at - SKEW else sent_at

    def _has_own_seed(self, entry: Listed) -> bool:
        is_it = self.is_own_seed and entry.seed is not None and entry.created_at >= self.earliest - WIDE
        return is_it and (entry.prompt or "").strip() in self.prompts

    def _is_too_late(self, entry: Listed) -> bool:
        """After an old backup was restored, an order to be sent once more may have been sent already, however long it
        had waited for that.
        """
        return entry.created_at > self.latest + WIDE and not self.job.is_sent_once_more

    def _is_remix_as(self, entry: Listed) -> bool:
        """Many lists do not say what a video was made from."""
        return entry.remixed_from is None or entry.remixed_from == self.source_id

    def _is_model(self, entry: Listed) -> bool:
        """Gateways add a vendor's name before the model's, or leave it out.

        Only the first part is a vendor: at fal many names end alike, such as in `text-to-video`.
        """
        if self.model is None or entry.model is None:
            return True
        theirs, mine = entry.model.split("/"), self.model.split("/")
        counted = max(1, min(len(theirs), len(mine)) - 1)
        return theirs[-counted:] == mine[-counted:]


async def expectations(
    ours: ProviderOrders, catalogue: Catalogue, provider: str, suspend_detector: SuspendDetector | None = None
) -> list[Expected]:
    """Every order at a provider whose video is not known, oldest first. Queued ones have not been sent, we think."""
    waking = suspend_detector or SuspendDetector()
    return [_expected(catalogue, order, waking) for order in await ours.without_video(provider)]


def lost_ones(catalogue: Catalogue, lost: Iterable[LostOrder], suspend_detector: SuspendDetector) -> list[Expected]:
    """The same for requests that were replaced by a second one for their job, as they were when their outcome was
    unknown.
    """
    return [_expected_of_lost(catalogue, each, suspend_detector) for each in lost]


def _expected_of_lost(catalogue: Catalogue, lost: LostOrder, suspend_detector: SuspendDetector) -> Expected:
    replaced = lost.replaced
    phase = Unknown(sent_at=replaced.sent_at, fingerprint="", method=replaced.method)
    as_sent = replace(lost.job, account=replaced.account, phase=phase, first_try=None, replaced=())
    expected = _expected(catalogue, OpenOrder(job=as_sent, source=lost.source), suspend_detector)
    first = lost.job.first_try
    if first is not None and lost.is_of(first):
        expected = replace(expected, latest=first.answered_at)  # nothing of it was under way after that
    return replace(expected, lost=lost)


def _expected(catalogue: Catalogue, order: OpenOrder, suspend_detector: SuspendDetector) -> Expected:
    job, source = order.job, order.source
    card = catalogue.cards.get(job.request.model)
    sent_at, method = sent_as(job)
    seeds = _seeds(job, sent_at)
    return Expected(
        job=job,
        prompts=frozenset(_prompts(job, source, method, card)),
        model=(card.remote if card else job.request.model) or None,
        earliest=_earliest(job, sent_at),
        latest=_latest(job, sent_at, suspend_detector),
        method=method,
        source_id=remote_id(source) if source is not None and (method is None or method in BY_ID) else None,
        seeds=seeds,
        is_own_seed=bool(seeds) and job.request.options.seed is None,
        whole=_whole(job, source) if method is RemixMethod.EXTEND else None,
    )


def _earliest(job: Job, sent_at: datetime | None) -> datetime:
    """A video made from its first try is still its own."""
    if sent_at is None:
        return job.created_at
    return sent_at if job.first_try_here is None else min(sent_at, job.first_try_here.sent_at)


def _latest(job: Job, sent_at: datetime | None, suspend_detector: SuspendDetector) -> datetime:
    if sent_at is None:
        return _FOREVER
    if job.untaken_try is not None:
        return job.untaken_try.answered_at  # nothing of it was under way after that
    return suspend_detector.since_sent(sent_at) + SETTLE


def _seeds(job: Job, sent_at: datetime | None) -> Collection[int]:
    """The seed that was ordered, or our own of each request; empty if it is unknown when the order was sent.

    After an old backup was restored, an order to be sent once more may have been sent already: any seed may be its.
    """
    if (asked := job.request.options.seed) is not None:
        return (asked,)
    is_guessed = isinstance(job.phase, NeedsReview) and job.phase.guessed
    if sent_at is None or is_guessed or job.is_sent_once_more:
        return ()
    moments = {sent_at} if job.first_try_here is None else {sent_at, job.first_try_here.sent_at}
    return {seed_of(own_name(job.id, moment)) for moment in moments}


def _whole(job: Job, source: Job | None) -> int | None:
    return None if source is None or source.video is None else round(source.video.seconds) + job.request.seconds


def sent_as(job: Job) -> tuple[datetime | None, RemixMethod | None]:
    """When it was sent, and by which method, if it was; also if it is to be sent once more."""
    match job.phase:
        case Submitting() | Unknown() | NeedsReview():
            return job.phase.sent_at, job.phase.method
        case _ if job.untaken_try is not None:
            return job.untaken_try.sent_at, job.untaken_try.method
        case _:
            return None, None


def _prompts(job: Job, source: Job | None, method: RemixMethod | None, card: ModelCard | None) -> Iterable[str]:
    """The prompts that were sent, or may have been: a remix by a weaker method also sends the scene."""
    wanted = job.request.prompt
    if source is None:
        return [wanted.strip()]
    ways = [method] if method else list(card.remix if card else RemixMethod)
    return [remix_prompt(way, wanted, source.request, job.request.aim).strip() for way in ways]


def owner(entry: Listed, orders: Sequence[Expected]) -> Expected | None:
    """The order that a video fits better than any other; None if none fits, or two fit equally well."""
    by_fit = sorted(orders, key=lambda order: order.fit(entry), reverse=True)
    if not by_fit or by_fit[0].fit(entry) is MatchConfidence.NO:
        return None
    if len(by_fit) > 1 and by_fit[1].fit(entry) is by_fit[0].fit(entry):
        return None
    return by_fit[0]


def sent_ones(orders: Iterable[Expected]) -> list[Expected]:
    """Orders whose paid request was sent, also if they are to be sent once more."""
    return [order for order in orders if not is_unsent(order.job)]


def is_unsent(job: Job) -> bool:
    """Whether no paid request was ever sent for it, as far as this database knows."""
    return isinstance(job.phase, Unsent) and not job.is_sent_once_more


async def unclaimed(ours: ProviderOrders, provider: str, listed: Iterable[Listed]) -> list[Listed]:
    """Videos that belong to none of our jobs, oldest first."""
    found = sorted(listed, key=lambda entry: entry.created_at)
    taken = await ours.known(provider, [entry.remote_id for entry in found])
    return [entry for entry in found if entry.remote_id not in taken]
