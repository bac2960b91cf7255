"""Everything that can go wrong and that we know by name. Each error carries a sentence a person may read.

KinoraError
├── Refusal                     said to the person who asked; nothing was spent
│   ├── BadRequest              the order does not fit: words, seconds, size, picture
│   ├── NotAllowed              the person may not do this
│   │   ├── MakesNothing        they may make no videos here, whatever they order
│   │   │   └── MemberBlocked       as a manager has blocked them, for a while or for good
│   │   ├── TierLimit           their tier does not allow this much
│   │   └── WrongVenue          not here: the server keeps videos to age-restricted channels
│   ├── AgainstRules            words or a picture that their server does not allow
│   ├── OverBudget              it would cost more than is left
│   ├── TooManyWaiting          the member has as many orders waiting as they may
│   ├── QueueClosed             their server takes no new orders now
│   └── NotFound                there is no such video, or not for them
├── ProviderError               a video service did not do what was asked
│   ├── Refused                 a definite refusal: nothing was made, nothing is paid
│   │   └── Unsupported         this host cannot do this at all (next method, please)
│   ├── Unavailable             provably nothing was made; worth another try later
│   │   ├── AccountTrouble      key refused or credit used up: a host's matter, not a member's
│   │   ├── NoRoom              the bot's own disk did not take a file
│   │   │   └── StoreAway       the object store did not take or give one
│   │   │       └── StoreRefuses    its address or keys are wrong: a host's matter
│   │   └── OutOfBounds         a finished file lies where it may not be fetched from: a host's matter
│   ├── OutcomeUnknown          the paid request may have been taken; nobody knows
│   │   └── FailedToTake        the service itself answered it with an error (5xx)
│   └── Gone                    the service does not know this video (any more)
│       └── Withheld            its moderation keeps the finished file
├── HelperFailed                the prompt helper gave nothing that could be used
├── SpoiltVideo                 a downloaded file is not a video that plays
├── Undeliverable               Discord will not take the message there
├── TwinInFlight                the very same order is being sent right now: wait for it
├── HeldBack                    the server's queue was paused just now: wait
├── OrderedAlready              the same interaction came twice, and its first coming has ordered
├── CardNotShown                an order is stored, and its member was not told so
├── NotFree                     that video at the service belongs to another job
├── MovedOn                     somebody else has taken the job on: drop what you have
└── CannotStart                 a setting is wrong or missing; ends the process with one sentence
    └── DatabaseAway            or right, and its server does not answer now
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from bot.domain.hints import bounded_wait
from bot.domain.messages import Message, joined, message_of, msg
from bot.domain.models.causes import Cause


class KinoraError(Exception):
    """Base of all of ours. `message` is for people, `sentence` is its plain English for logs and terminals."""

    def __init__(self, message: Message | str) -> None:
        self.message = message_of(message)
        super().__init__(str(self.message))

    @property
    def sentence(self) -> str:
        return str(self.message)


class Refusal(KinoraError):
    """Said to the person who asked. Nothing was spent."""


class BadRequest(Refusal):
    """The order does not fit what the model, or anybody, can do."""


NOTHING_CHANGED = msg("Nothing was changed.")


@contextmanager
def changing_nothing() -> Iterator[None]:
    """A reader's refusal of what was typed, where that was to change a setting."""
    try:
        yield
    except BadRequest as no:
        raise type(no)(joined(no.message, NOTHING_CHANGED)) from None


class NotAllowed(Refusal):
    """The person may not do this here."""


class MakesNothing(NotAllowed):
    """The person may make no videos here: no other order would help."""


class TierLimit(NotAllowed):
    """The person may make videos here, but their tier does not allow this one."""


class MemberBlocked(MakesNothing):
    """The person may order nothing here until a manager's block ends."""


class AgainstRules(Refusal):
    """The server does not allow what an order says or shows. `refusal`: its id, if the member can appeal."""

    def __init__(self, message: Message | str, refusal: str | None = None) -> None:
        super().__init__(message)
        self.refusal = refusal


class WrongVenue(NotAllowed):
    """The video may be made or shown in other channels only."""


class OverBudget(Refusal):
    """It would cost more than is left this month."""


class TooManyWaiting(Refusal):
    """As many of the member's orders wait here as may."""


class QueueClosed(Refusal):
    """A manager has closed the queue to new orders."""


class NotFound(Refusal):
    """There is no such video, or it is not theirs to see: both read the same on purpose."""


class ProviderError(KinoraError):
    """A video service did not do what was asked."""


class Refused(ProviderError):
    """A definite no (4xx): nothing was made, nothing is paid."""

    def __init__(self, message: Message | str, cause: Cause = Cause.INVALID) -> None:
        super().__init__(message)
        self.cause = cause


class Unsupported(Refused):
    """The host cannot do this: try the next method. `lasting` when it cannot at all, whatever the video."""

    def __init__(self, message: Message | str, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.lasting = lasting


class Unavailable(ProviderError):
    """Provably nothing was made (not sent, or 429): worth another try after `retry_after` seconds, at most 600.

    `barred`: this one request is not let through, without a reason that is known (a bare 403). It may be a network in
    between, or a right that is missing; it says nothing of other requests, and may pass or stay for ever.
    """

    def __init__(self, message: Message | str, retry_after: float | None = None, *, barred: bool = False) -> None:
        super().__init__(message)
        self.retry_after = bounded_wait(retry_after)
        self.barred = barred


class AccountTrouble(Unavailable):
    """401, 402 or a used-up quota: the host's key or credit needs a person."""


def asks_to_wait(trouble: ProviderError) -> bool:
    """Whether a host wants to be left alone for a while, whatever it is asked. Account trouble is another matter."""
    is_account = isinstance(trouble, AccountTrouble)
    return isinstance(trouble, Unavailable) and not is_account and trouble.retry_after is not None


class NoRoom(Unavailable):
    """The bot's own disk did not take a file. That is nobody's fault but the disk's, and passes when there is room."""


class StoreAway(NoRoom):
    """The object store does not answer, or refuses the bot. Passes likewise, and nothing is lost meanwhile."""


class StoreRefuses(StoreAway):
    """It answers, and has no such bucket, or takes nothing with these keys: waiting alone changes nothing."""


class OutOfBounds(Unavailable):
    """A finished file lies at the host `place`, and may be fetched there only once whoever runs the bot allows it."""

    def __init__(self, message: Message | str, place: str) -> None:
        super().__init__(message)
        self.place = place


class OutcomeUnknown(ProviderError):
    """The paid request was sent and no usable answer came back: it may have been taken."""


class FailedToTake(OutcomeUnknown):
    """The service itself answered the paid request with an error of its own (5xx).

    It may have been taken all the same, but nothing of it is under way any more. What somebody says in the service's
    place, a proxy that waited in vain for one, is no such answer.
    """


class Gone(ProviderError):
    """The service answers that it knows no such video (404, expired)."""


class Withheld(Gone):
    """The video is finished, and the service's moderation does not hand it out."""


class HelperFailed(KinoraError):
    """The prompt helper gave nothing that could be used. The message says whether that cost anything."""


class SpoiltVideo(KinoraError):
    """A downloaded file is not a video that plays from start to end. `lasting` when another download is no help."""

    def __init__(self, message: Message | str, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.lasting = lasting


class Reach(Enum):
    """How far a refusal of a message reaches."""

    CHANNEL = "another channel of the server may take it"
    SERVER = "its owner may get it, the server not: it is gone, or its rules were broken"
    NOWHERE = "it would be refused everywhere, or should be"


class Undeliverable(KinoraError):
    """Discord will not take the message there; the video is kept.

    `reach` is None when it is not the place that refuses it. `channel_gone`: with all that was ever posted there.
    `may_stand`: before it refused, the same message may have been taken, and the answer lost.
    """

    def __init__(
        self, message: Message | str, reach: Reach | None = None, *, channel_gone: bool = False, may_stand: bool = False
    ) -> None:
        super().__init__(message)
        self.reach = reach
        self.channel_gone = channel_gone
        self.may_stand = may_stand


class OrderedAlready(KinoraError):
    """Discord sent the interaction twice. Its first coming has ordered, and answers it."""

    def __init__(self) -> None:
        super().__init__(msg("That was ordered already."))


class CardNotShown(KinoraError):
    """An order is stored, but the answer to it failed. The message says so, lest it is ordered twice."""


class MovedOn(KinoraError):
    """The job was taken on by somebody else since it was claimed: roll back and touch nothing."""

    def __init__(self) -> None:
        super().__init__(msg("the job has moved on"))


class TwinInFlight(KinoraError):
    """The very same order is being sent right now. Until it has an id, a second one could be mistaken for it."""

    def __init__(self) -> None:
        super().__init__(msg("the same order is being sent right now"))


class HeldBack(KinoraError):
    """Its server's queue was paused after the order was claimed and before it was sent: nothing is sent."""

    def __init__(self) -> None:
        super().__init__(msg("the queue is paused"))


class NotFree(KinoraError):
    """A video at the service cannot become this job's, because it is another one's."""

    def __init__(self) -> None:
        super().__init__(msg("That video already belongs to another order. Nothing was changed."))


class CannotStart(KinoraError):
    """A setting is wrong or missing. `python -m bot` prints the sentence and exits with code 78 (EX_CONFIG)."""


class DatabaseAway(CannotStart):
    """Its server does not answer, or is only just starting. Whoever can wait may try again.

    `unknown_host`: nobody knows its name, which is mostly a slip, and with containers also that the server is off.
    """

    def __init__(self, message: Message | str, *, unknown_host: bool = False) -> None:
        super().__init__(message)
        self.unknown_host = unknown_host
