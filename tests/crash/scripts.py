"""What people order in a run of the crash matrix, and how the service answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from bot.domain.phases import Cancelled, Done, Failed, NeedsReview, Phase, Queued, Rendering, Submitting
from bot.domain.video import Aim, RemixMethod
from bot.sandbox.video.trouble import Fault, Operation, Reset, Say

NO_ROUTE = Say(status=404, body={"detail": "Not Found"})
NO_DELETE = Say(status=405, body={"detail": "Method Not Allowed"})
FOX, WHALE = "a fox in the snow", "a whale in the sky"


class Answers(StrEnum):
    """How the service answers the first order. All later ones are accepted, except for the second of BROKEN_TWICE."""

    OK = "ok"
    REFUSED = "refused 400"
    BUSY = "429 then ok"
    BROKEN = "500 before it was taken"
    BROKEN_TWICE = "500 before it was taken, twice"
    BROKEN_SHOWS = "500, and taken 40 s later"
    BROKEN_AFTER = "500 after it was taken"
    RESET = "reset before it was taken"
    RESET_AFTER = "reset after it was taken"
    LATE = "time-out, taken 150 s later"
    NO_ID = "200 without an id"
    BROKEN_BLIND = "500 after it was taken, and no list to look in"


BROKEN = Say(status=500, body={"error": {"message": "Broken."}})
FAULTS: dict[Answers, Fault] = {
    Answers.REFUSED: Say(status=400, body={"error": {"message": "We do not paint foxes.", "code": "invalid_value"}}),
    Answers.BUSY: Say(status=429, body={"error": {"message": "Slow down."}}, headers={"Retry-After": "7"}),
    Answers.BROKEN: BROKEN,
    Answers.BROKEN_TWICE: BROKEN,
    Answers.BROKEN_SHOWS: BROKEN,
    Answers.BROKEN_AFTER: Say(status=500, body={"error": {"message": "Broken."}}, after=True),
    Answers.BROKEN_BLIND: Say(status=500, body={"error": {"message": "Broken."}}, after=True),
    Answers.RESET: Reset(),
    Answers.RESET_AFTER: Reset(after=True),
    Answers.NO_ID: Say(status=200, body={"object": "video", "status": "queued"}, after=True),
}

AN_HOUR = 3600.0
LATER = {Answers.LATE: 150.0, Answers.BROKEN_SHOWS: 40.0}  # seconds from the request until it is accepted
NEVER_TAKEN = frozenset({Answers.BROKEN, Answers.BROKEN_TWICE, Answers.RESET})

# The result of the first order without any death.
UNDISTURBED: dict[Answers, type[Done | Failed | NeedsReview]] = {
    **dict.fromkeys(Answers, Done),
    Answers.REFUSED: Failed,
    Answers.BROKEN_TWICE: Failed,
    Answers.RESET: Failed,
    Answers.BROKEN_BLIND: NeedsReview,
}


class Orders(StrEnum):
    """What people order, and what they do with it later."""

    ONE = "one order"
    ALIKE = "two alike"
    DIFFERENT = "two different"
    BATCH = "three at once on one card, two of them alike"
    REMIX = "a remix by the service"
    REMIX_BY_FRAME = "a remix from a frame, the service's own refused as unsupported"
    REMIX_BY_WORDS = "a remix from words alone"
    EXTENDED = "an extension by the service"
    EXTENDED_BY_FRAME = "an extension from the last frame"
    CANCELLED_QUEUED = "one order, cancelled as it is about to be sent"
    CANCELLED_SENDING = "one order, cancelled while it is sent, and the service can stop it"
    CANCELLED = "one order, cancelled while it renders, and the service can stop it"
    CANCELLED_TOO_LATE = "one order, cancelled when it is finished, at a service that would delete it"
    CANCELLED_IN_VAIN = "one order, cancelled while it renders, and the service cannot stop it"
    OWN_KEY = "one order that an own key pays for, removed while it renders"
    APPROVED = "one order that needs approval, and gets it"
    DENIED = "one order that needs approval, and is denied"
    UNDECIDED = "one order that needs approval, and nobody decides"
    WITH_OPTIONS = "two that differ in their seed alone"
    AT_REPLICATE = "two alike at Replicate, whose list shows what was sent"
    REMIX_AT_REPLICATE = "a remix from a frame at Replicate, which is uploaded first"
    LISTED_LATE = "one order at a service that lists only what has ended, and shows its seed"
    LISTED_BY_WORDS = "one order at such a service, of a model without a seed"
    NAMED = "one order at a service that knows it by our name for it"
    RESTARTED = "one order at such a service, which is restarted after a death and forgets all but finished files"
    FILED = "two different at a service that files what it has made under our names for it"
    FILED_REMIX = "a remix by such a service, which files what it has made"
    PAID_AGAIN = "one order at such a service, which a manager has sent again before it takes the first one after all"
    SENT_ONCE_MORE = "one order at a service that failed to take it, and takes it after the second one all the same"

    @property
    def prompts(self) -> Sequence[str]:
        match self:
            case Orders.ALIKE | Orders.WITH_OPTIONS | Orders.AT_REPLICATE:
                return [FOX, FOX]
            case Orders.DIFFERENT | Orders.FILED:
                return [FOX, WHALE]
            case Orders.BATCH:
                return [FOX, FOX, WHALE]
            case _:
                return [WHALE if self.is_remix else FOX]

    @property
    def is_remix(self) -> bool:
        """Whether a finished video exists first, which this remixes."""
        return self in WAYS

    @property
    def ways(self) -> Sequence[RemixMethod]:
        """The remix methods on the model's card."""
        return WAYS.get(self, ())

    @property
    def aim(self) -> Aim:
        return Aim.EXTEND if self in {Orders.EXTENDED, Orders.EXTENDED_BY_FRAME} else Aim.CHANGE

    @property
    def operation(self) -> Operation:
        """The paid request that the faults concern."""
        return OPERATIONS.get(self, Operation.CREATE)

    @property
    def faults(self) -> Mapping[Operation, Sequence[Fault]]:
        """What this service does not support at all."""
        match self:
            case Orders.REMIX_BY_FRAME:
                return {Operation.REMIX: [NO_ROUTE]}
            case Orders.CANCELLED_IN_VAIN:
                return {Operation.DELETE: [NO_DELETE] * 3}
            case _:
                return {}

    @property
    def server(self) -> str:
        """The kind of server they are sent to."""
        if self.is_listed_late:
            return "fal"
        if self.is_named:
            return "comfyui"
        if self.is_filed:
            return "xai"
        if self in {Orders.AT_REPLICATE, Orders.REMIX_AT_REPLICATE}:
            return "replicate"
        return "plain" if self is Orders.WITH_OPTIONS else "openai"

    @property
    def dialect(self) -> str:
        """The dialect of the service."""
        return "openai" if self.server == "plain" else self.server

    @property
    def is_listed_late(self) -> bool:
        return self in {Orders.LISTED_LATE, Orders.LISTED_BY_WORDS}

    @property
    def is_named(self) -> bool:
        return self in {Orders.NAMED, Orders.RESTARTED, Orders.SENT_ONCE_MORE}

    @property
    def is_filed(self) -> bool:
        return self in {Orders.FILED, Orders.FILED_REMIX, Orders.PAID_AGAIN}

    @property
    def is_taken_too_late(self) -> bool:
        """Whether the first order is accepted an hour later, when the second one has been made."""
        return self in TAKEN_TOO_LATE

    @property
    def may_stay_unknown(self) -> bool:
        """Whether an order that the service does not list may still be made."""
        return self.is_listed_late or self.is_named or self.is_filed

    @property
    def needs_approval(self) -> bool:
        return self in {Orders.APPROVED, Orders.DENIED, Orders.UNDECIDED}

    @property
    def is_decided_on(self) -> bool:
        """Whether an approver or a manager decides about the first order."""
        return self in {Orders.APPROVED, Orders.DENIED, Orders.PAID_AGAIN}

    @property
    def is_never_sent(self) -> bool:
        return self in {Orders.DENIED, Orders.UNDECIDED}

    @property
    def cancelled_while(self) -> type[Phase] | None:
        """When the owner cancels the first order."""
        return CANCELLED_WHILE.get(self)

    def undisturbed(self, answers: Answers) -> type[Done | Failed | NeedsReview | Cancelled]:
        """The result of the first order without any death."""
        if self is Orders.CANCELLED_QUEUED or self.is_never_sent:
            return Cancelled
        if self.may_stay_unknown and answers in NEVER_TAKEN:
            return Done if self.is_named and answers is Answers.BROKEN else NeedsReview
        if answers is Answers.BROKEN and self in NOT_ONCE_MORE:
            return Failed
        if self is Orders.FILED_REMIX and answers is Answers.REFUSED:
            return Done  # by the next method
        if self.is_named and answers is Answers.BROKEN_BLIND:
            return Done  # it needs no list
        end = UNDISTURBED[answers]
        return Cancelled if end is Done and self in STOPPABLE else end


WAYS: Mapping[Orders, Sequence[RemixMethod]] = {
    Orders.REMIX: (RemixMethod.NATIVE, RemixMethod.FRAME, RemixMethod.REPROMPT),
    Orders.REMIX_BY_FRAME: (RemixMethod.NATIVE, RemixMethod.FRAME, RemixMethod.REPROMPT),
    Orders.REMIX_AT_REPLICATE: (RemixMethod.FRAME, RemixMethod.REPROMPT),
    Orders.REMIX_BY_WORDS: (RemixMethod.REPROMPT,),
    Orders.FILED_REMIX: (RemixMethod.NATIVE, RemixMethod.FRAME),
    Orders.EXTENDED: (RemixMethod.EXTEND, RemixMethod.LAST_FRAME),
    Orders.EXTENDED_BY_FRAME: (RemixMethod.LAST_FRAME,),
}
OPERATIONS = {
    Orders.REMIX: Operation.REMIX,
    Orders.FILED_REMIX: Operation.EDIT,
    Orders.EXTENDED: Operation.EXTEND,
}
SEND_FILES = frozenset({Orders.REMIX_BY_FRAME, Orders.EXTENDED_BY_FRAME})  # with the paid request itself
NOT_ONCE_MORE = frozenset({Orders.WITH_OPTIONS, Orders.CANCELLED_SENDING})  # unknown server; cancelled
TAKEN_TOO_LATE = {Orders.PAID_AGAIN: Answers.LATE, Orders.SENT_ONCE_MORE: Answers.BROKEN_SHOWS}  # given that answer
STOPPABLE = frozenset({Orders.CANCELLED_SENDING, Orders.CANCELLED})
CANCELLED_WHILE: Mapping[Orders, type[Phase]] = {
    Orders.CANCELLED_QUEUED: Queued,
    Orders.CANCELLED_SENDING: Submitting,
    Orders.CANCELLED: Rendering,
    Orders.CANCELLED_TOO_LATE: Rendering,
    Orders.CANCELLED_IN_VAIN: Rendering,
}
