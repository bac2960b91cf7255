r"""What can be true of a job: one frozen type for each phase, matched once in the runner and once on the card.

    Queued -> Submitting -> Rendering -> Saving -> Posting -> Done
                 |   \           |          |         |
                 |    Unknown ->+          |         +-> Undelivered
                 +-> Failed  <--+----------+     any -> NeedsReview
    AwaitingApproval -> Queued
    AwaitingApproval, Queued -> Cancelled

Times are aware datetimes in UTC.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar, get_args

from bot.data_classes import value_object
from bot.domain.messages import Message
from bot.domain.models.causes import Cause as Cause  # noqa: PLC0414 - whoever handles phases finds it here
from bot.domain.video import RemixMethod, StoredVideo


class Trait(Enum):
    """A property of a phase, for code that doesn't care which phase it is.

    Sets of names, SQL, buttons and colours are derived from it.
    """

    WAITS = "for a free slot; nothing was sent"
    WORKS_ALONE = "its next step needs no free slot"
    HOLDS_SLOT = "counts against the limits of renders at once"
    AT_REST = "nothing more happens unless a person asks"
    HAS_VIDEO = "the video is ours"
    NO_VIDEO_KNOWN = "no video of it is known at the service"
    AMBIGUOUS = "the paid request may be on its way"
    CANCELLABLE = "a person may still stop it"
    HOLDS_MONEY = "what is reserved stays reserved, although it is at rest"
    TELLS_OF_MODEL = "how it ended says something about the model"


class Tone(Enum):
    """How a phase looks to people."""

    ACTIVE = "active"
    GOOD = "good"
    BAD = "bad"
    QUIET = "quiet"


NOBODY = 0  # in the place of a person's id
TOLD_AFTER = 8  # downloads, or posts that were not let through, in a row: about four minutes
Traits = frozenset[Trait]
_SENDING = frozenset({Trait.WORKS_ALONE, Trait.HOLDS_SLOT, Trait.AMBIGUOUS, Trait.NO_VIDEO_KNOWN, Trait.CANCELLABLE})


@value_object
class Queued:
    """Waiting for a free slot.

    `waits_for` says why, if there is more to it than the line ahead. `elsewhere`: how often it was claimed by a process
    that does not have a file it needs.
    """

    traits: ClassVar[Traits] = frozenset({Trait.WAITS, Trait.NO_VIDEO_KNOWN, Trait.CANCELLABLE})
    tone: ClassVar[Tone] = Tone.ACTIVE

    waits_for: Message | None = None
    elsewhere: int = 0


@value_object
class AwaitingApproval:
    """It costs more than its owner's tier allows: queued once somebody approves it, over if nobody does."""

    traits: ClassVar[Traits] = frozenset({Trait.WORKS_ALONE, Trait.NO_VIDEO_KNOWN, Trait.CANCELLABLE})
    tone: ClassVar[Tone] = Tone.ACTIVE

    since: datetime
    until: datetime


@value_object
class Submitting:
    """The intent is stored; the one paid request may be in transit. If a claim finds it, the sender has died."""

    traits: ClassVar[Traits] = _SENDING
    tone: ClassVar[Tone] = Tone.ACTIVE

    sent_at: datetime
    fingerprint: str
    method: RemixMethod | None = None


@value_object
class Unknown:
    """The paid request was sent and no id came back: look for the video.

    It is resent automatically only if the service answered with an error of its own: see FirstTry.
    """

    traits: ClassVar[Traits] = _SENDING
    tone: ClassVar[Tone] = Tone.ACTIVE

    sent_at: datetime
    fingerprint: str
    method: RemixMethod | None = None
    looks: int = 0
    absent: int = 0  # consecutive complete listings that did not show it


@value_object
class Rendering:
    """The service has it."""

    traits: ClassVar[Traits] = frozenset({Trait.WORKS_ALONE, Trait.HOLDS_SLOT, Trait.CANCELLABLE})
    tone: ClassVar[Tone] = Tone.ACTIVE

    remote_id: str
    started_at: datetime
    method: RemixMethod | None = None
    progress: int | None = None  # percent, only as reported, never going back
    ahead: int | None = None  # renders ahead of it at the service, while it is waiting there
    cancel_refused: bool = False  # somebody cancelled, and the service cannot stop
    missing: int = 0  # how often in a row the service said it knows no such video
    overdue: int = 0  # how often in a row it was still rendering when it should long have ended
    barred: int = 0  # consecutive blocked polls
    turn_at: datetime | None = None  # when the previous one in line ended, if renders are made one after the other


@value_object
class Saving:
    """Finished at the service; to be downloaded before it expires there."""

    traits: ClassVar[Traits] = frozenset({Trait.WORKS_ALONE})
    tone: ClassVar[Tone] = Tone.ACTIVE

    remote_id: str
    started_at: datetime
    method: RemixMethod | None = None
    tries: int = 0  # consecutive failed downloads
    missing: int = 0  # how often in a row the service said it no longer has it
    elsewhere: int = 0  # claims by processes that do not have the video that it extends
    place: str | None = None  # the host of its file, if whoever runs the bot has to allow that first

    @property
    def is_stuck(self) -> bool:
        """Whether people are told, and a manager may close it. It is retried all the same."""
        return self.tries >= TOLD_AFTER or self.place is not None


@value_object
class Posting:
    """Ours for good; to be shown in its channel."""

    traits: ClassVar[Traits] = frozenset({Trait.WORKS_ALONE, Trait.HAS_VIDEO, Trait.TELLS_OF_MODEL})
    tone: ClassVar[Tone] = Tone.GOOD

    video: StoredVideo
    remote_id: str
    method: RemixMethod | None = None
    since: datetime | None = None  # the stored intent to post; None before the first try
    tries: int = 0
    elsewhere: int = 0  # claims by processes that do not have the file
    barred: int = 0  # consecutive blocked attempts

    @property
    def is_stuck(self) -> bool:
        return self.barred >= TOLD_AFTER


@value_object
class Done:
    traits: ClassVar[Traits] = frozenset({Trait.AT_REST, Trait.HAS_VIDEO, Trait.TELLS_OF_MODEL})
    tone: ClassVar[Tone] = Tone.GOOD

    video: StoredVideo
    remote_id: str
    finished_at: datetime
    method: RemixMethod | None = None


@value_object
class Undelivered:
    """Paid for and stored, but its channel refused it."""

    traits: ClassVar[Traits] = frozenset({Trait.AT_REST, Trait.HAS_VIDEO, Trait.TELLS_OF_MODEL})
    tone: ClassVar[Tone] = Tone.QUIET

    video: StoredVideo
    remote_id: str
    reason: Message
    method: RemixMethod | None = None


@value_object
class Failed:
    traits: ClassVar[Traits] = frozenset({Trait.AT_REST, Trait.TELLS_OF_MODEL})
    tone: ClassVar[Tone] = Tone.BAD

    cause: Cause
    reason: Message
    charged: bool
    finished_at: datetime
    remote_id: str | None = None


@value_object
class Cancelled:
    """`by` is the id of whoever cancelled; `charged` if the service had already started and is paid all the same.

    `reason`: why it was not approved, if somebody denied it, or NOBODY decided in time.
    """

    traits: ClassVar[Traits] = frozenset({Trait.AT_REST})
    tone: ClassVar[Tone] = Tone.QUIET

    by: int
    finished_at: datetime
    charged: bool = False
    reason: Message | None = None

    @property
    def was_denied(self) -> bool:
        return self.reason is not None and self.by != NOBODY


@value_object
class NeedsReview:
    """Nothing more happens automatically. `was` is the name of its previous phase; money stays reserved.

    The rest is what is needed to continue from there. `sent_at`: when the paid request was sent, or, for a video of
    ours, the post.
    """

    traits: ClassVar[Traits] = frozenset({Trait.AT_REST, Trait.HOLDS_MONEY})
    tone: ClassVar[Tone] = Tone.BAD

    was: str
    reason: Message
    remote_id: str | None = None
    sent_at: datetime | None = None
    method: RemixMethod | None = None
    video: StoredVideo | None = None
    guessed: bool = False  # nothing was sent, as far as known; `sent_at` is when something was made that may be it

    @property
    def can_go_on(self) -> bool:
        """Whether its video is known well enough to continue at once: finished at the service, or already ours."""
        return self.video is not None or (self.was == name_of(Saving) and self.remote_id is not None)

    @property
    def was_sent(self) -> bool:
        """Whether a paid request may have been sent."""
        return self.remote_id is not None or self.nobody_knows

    @property
    def nobody_knows(self) -> bool:
        """Whether a paid request was sent whose video is not known."""
        return self.remote_id is None and Trait.AMBIGUOUS in PHASES[self.was].traits


Phase = (
    Queued
    | AwaitingApproval
    | Submitting
    | Unknown
    | Rendering
    | Saving
    | Posting
    | Done
    | Undelivered
    | Failed
    | Cancelled
    | NeedsReview
)
Unsent = Queued | AwaitingApproval  # whatever ends it is free
Kept = Posting | Done | Undelivered


def name_of(phase: Phase | type[Phase]) -> str:
    """As it is stored."""
    kind = phase if isinstance(phase, type) else type(phase)
    return kind.__name__.lower()


PHASES: dict[str, type[Phase]] = {name_of(kind): kind for kind in get_args(Phase)}


def names_with(*traits: Trait, without: Trait | None = None) -> tuple[str, ...]:
    """The names of the phases that have any of these traits, in alphabetical order."""
    fitting = {name for name, phase in PHASES.items() if phase.traits & {*traits} and without not in phase.traits}
    return tuple(sorted(fitting))
