"""A job: one ordered video, from the order to the message that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Kept, NeedsReview, Phase, Trait, Unknown, Unsent
from bot.domain.queue.state import QueueHold
from bot.domain.recovery.first_try import FirstTry, Stage
from bot.domain.recovery.replaced import ReplacedOrder
from bot.domain.studio.batches import BatchPlace
from bot.domain.video import StoredVideo, VideoRequest

ProgressAt = tuple[float, int]  # seconds since its render began, and percent
SEEN_TO_END = 100  # percent; a service that reports this much before the end counts as at 99


@value_object
class Approval:
    """Who said that an order may be made although it costs more than its owner's tier allows without approval."""

    by: int
    at: datetime


@value_object
class Job:
    """One ordered video. Ids of people, servers and channels are Discord snowflakes; times are aware UTC."""

    id: JobId
    request: VideoRequest
    account: str  # at a video service: it is sent and polled there, and nowhere else
    owner_id: int
    guild_id: int
    channel_id: int  # where card and result are shown; a direct-message channel when private
    private: bool
    quote: Usd  # what is reserved; once it is sent, the price of its method
    cost: Usd | None  # the final cost; None while open
    phase: Phase
    created_at: datetime
    priority: int = 0  # priority in the queue: the higher, the sooner
    at_once: int | None = None  # how many of its member's jobs may render at once there, including this one
    upload_limit: int = 10 * 1024 * 1024  # bytes that a message may carry there, as Discord said last
    cancel_asked_by: int | None = None
    interaction_id: int | None = None  # the order it answers: the same order never makes two jobs
    render_seconds: float | None = None  # from accepted order to the end at the service
    progress_seen: tuple[ProgressAt, ...] = ()  # what helps to forecast the next render of its kind
    promised: Usd | None = None  # the highest price that the owner was told; None: an older version ordered it
    deleted: bool = False  # its files were removed on request
    expired_at: datetime | None = None  # when its video was removed because its server's retention period was over
    approval: Approval | None = None
    batch: BatchPlace | None = None  # its place among several ordered at once; None: it was ordered alone
    first_try: FirstTry | None = None  # a request that its service answered with an error of its own
    replaced: tuple[ReplacedOrder, ...] = ()  # requests in whose place it was sent once more
    doubles: JobId | None = None  # the job whose order this was at first, before that one was sent once more

    @property
    def card_id(self) -> JobId:
        """Whose card shows it: its own, or that of the first of its batch."""
        return self.id if self.batch is None else self.batch.lead

    @property
    def is_at_rest(self) -> bool:
        """Nothing more happens to it unless a person asks."""
        return Trait.AT_REST in self.phase.traits

    @property
    def charge(self) -> Usd:
        """What its service charged; the quote, until that is known."""
        return self.quote if self.cost is None else self.cost

    @property
    def is_charge_known(self) -> bool:
        """Its service said what it charged, or makes it for nothing. Otherwise a price is an estimate."""
        return self.cost is not None or self.quote == FREE

    @property
    def overrun(self) -> Usd:
        """How much more its service charged than the owner was told."""
        told = self.quote if self.promised is None else self.promised
        return FREE if self.cost is None else max(FREE, self.cost - told)

    @property
    def video(self) -> StoredVideo | None:
        """The finished video, once it is ours and as long as it is kept."""
        if self.deleted or self.expired_at is not None:
            return None
        return self.phase.video if isinstance(self.phase, Kept | NeedsReview) else None

    @property
    def is_made_sure_of(self) -> bool:
        """Whether it is sent once more, unless its first try turns out to have been accepted."""
        return isinstance(self.phase, Unknown) and self.cancel_asked_by is None and self._is_at(Stage.WATCHED)

    @property
    def is_sent_once_more(self) -> bool:
        """Whether it waits to be resent: its first try was not accepted."""
        return self.untaken_try is not None

    @property
    def untaken_try(self) -> FirstTry | None:
        """The first try of an order that is sent once more."""
        return self.first_try if isinstance(self.phase, Unsent) and self._is_at(Stage.DUE) else None

    @property
    def open_first_try(self) -> FirstTry | None:
        """Its first try, if it was sent once more and no video of that request is known: what turns up is the job's
        own.
        """
        has_none = Trait.AMBIGUOUS in self.phase.traits or (
            isinstance(self.phase, NeedsReview) and self.phase.nobody_knows
        )
        return self.first_try_here if has_none else None

    @property
    def first_try_here(self) -> FirstTry | None:
        """Its first try, unless a later request went to another account."""
        elsewhere = {each.sent_at for each in self.replaced if each.account != self.account}
        return None if self.first_try is None or self.first_try.sent_at in elsewhere else self.first_try

    def _is_at(self, stage: Stage) -> bool:
        return self.first_try is not None and self.first_try.stage is stage

    def with_first_try(self, stage: Stage) -> Job:
        """With its first try, if it has one, at that stage."""
        return self if self.first_try is None else replace(self, first_try=self.first_try.at_stage(stage))

    def moved_to(self, phase: Phase) -> Job:
        return replace(self, phase=phase)


def total_of(ordered: Iterable[Job]) -> Usd:
    """Their total as quoted."""
    return sum((job.quote for job in ordered), FREE)


def one_of_each(jobs: Iterable[Job]) -> Sequence[Job]:
    """The first of each batch among them, and those that were ordered alone; in the order of the jobs."""
    firsts: dict[JobId, Job] = {}
    for job in jobs:
        known = firsts.get(job.card_id, job)
        firsts[job.card_id] = min(known, job, key=lambda each: 0 if each.batch is None else each.batch.number)
    return list(firsts.values())


@value_object
class Lease:
    """The right to take a job one step further. Every write carries the epoch and is refused once that has changed."""

    job: Job
    epoch: int
    crashes: int  # in a row: its step failed, or its holder died


@value_object
class QueuePosition:
    """Where one waiting job is in the queue."""

    ahead: int  # jobs that start before it
    running: int  # renders in progress now
    places: int  # renders at once
    paused: QueueHold | None = None  # while its server's queue is paused: then it has no place


@value_object
class PostedMessage:
    """Where a card or a result can be found."""

    channel_id: int
    message_id: int
    direct: bool = False  # in direct messages, although the video is not private

    def address(self, guild_id: int | None) -> str:
        """Its address on the web. None: it is in direct messages."""
        place = "@me" if guild_id is None else guild_id
        return f"https://discord.com/channels/{place}/{self.channel_id}/{self.message_id}"
