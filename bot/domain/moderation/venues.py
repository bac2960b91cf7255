"""Where a server's videos may be made and shown, and which of them are covered as spoilers."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, StrEnum

from bot.data_classes import value_object
from bot.domain.errors import WrongVenue
from bot.domain.messages import msg
from bot.domain.ports.records import Record


class Spoilers(StrEnum):
    """Which videos are posted as spoilers in a server's channels. The values are stored."""

    NEVER = "never"
    REPORTED = "reported"  # from a report until a manager has decided
    ALWAYS = "always"


class AgeRule(StrEnum):
    """How age-restricted channels affect a server's videos. The values are stored."""

    FREE = "free"  # nothing
    KEPT = "kept"  # videos made in one are posted, shown and remixed only in such channels
    ONLY = "only"  # videos are made and shown only in such channels


class Venue(Enum):
    """Where somebody asks from, or where something would be posted."""

    OPEN = "a channel that is not age-restricted"
    AGE_RESTRICTED = "an age-restricted channel, or a thread in one"
    DIRECT = "direct messages: one person's, who asked for it"
    UNKNOWN = "a channel that we are not told of, such as an archived thread"


@value_object
class MadeRestricted:
    """A video was ordered in an age-restricted channel."""

    at: datetime


MADE_RESTRICTED = Record("made in an age-restricted channel", MadeRestricted)  # by the video's id

MAKE_ELSEWHERE = msg(
    "This server allows videos in age-restricted channels only. Try again in one. "
    "A server manager can change that with `/settings open`."
)
STAYS_THERE = msg(
    "This video was made in an age-restricted channel, so it's shown and remixed only in such channels here. "
    "A server manager can change that with `/settings open`."
)


def check_may_make(rule: AgeRule, venue: Venue) -> None:
    """Raise WrongVenue unless videos may be made and shown there."""
    if rule is AgeRule.ONLY and venue is Venue.OPEN:
        raise WrongVenue(MAKE_ELSEWHERE)


def check_may_use(rule: AgeRule, venue: Venue, *, made_restricted: bool) -> None:
    """Raise WrongVenue unless a video may be shown or remixed there.

    `made_restricted`: it was made in such a channel.
    """
    check_may_make(rule, venue)
    if rule is AgeRule.KEPT and made_restricted and venue is Venue.OPEN:
        raise WrongVenue(STAYS_THERE)
