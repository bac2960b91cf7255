"""One server's own settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.moderation.venues import AgeRule, Spoilers
from bot.domain.money.calendar import Calendar
from bot.domain.money.usd import Usd
from bot.domain.retention.rounds import Retention
from bot.domain.video import Size

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


class AccessPolicy(StrEnum):
    """Who may make videos on a server by default."""

    GRANTED = "granted"  # Manage Server, and roles granted with /settings access
    EVERYONE = "everyone"


@value_object
class GuildSettings:
    """One server's own rules."""

    guild_id: int
    opening: AccessPolicy
    roles: frozenset[int]  # granted with /settings access
    monthly_budget: Usd
    time_zone: str | None = None  # None: UTC

    @property
    def calendar(self) -> Calendar:
        """Its days and months."""
        return Calendar.of(self.time_zone)


class ChannelUse(StrEnum):
    """What a server chooses one channel for. The values are part of menu ids: they never change."""

    NOTICES = "notices"  # managers are told what needs them
    LOG = "log"  # managers see what was changed, refused and reported
    RESULTS = "results"  # videos are posted, wherever they were ordered
    SHOWCASE = "showcase"  # videos stand that enough members marked with ★


@value_object
class GuildOptions:
    """What one server chose about how Kinora behaves there, besides its rules."""

    keep_cards: bool = False  # the card of a finished video stays, as one line
    show_private: bool = False  # managers may watch private videos
    notices_channel: int | None = None  # where managers are told what needs them
    log_channel: int | None = None  # where managers see what was changed, refused and reported
    results_channel: int | None = None  # where videos are posted; None: where they were ordered
    showcase_channel: int | None = None  # where the videos with the most ★ are shown; None: there is no showcase
    showcase_stars: int = 3  # needed to let a video in, from different members
    allowed_channels: tuple[int, ...] = ()  # where videos can be made, or categories; empty: everywhere
    default_model: str | None = None  # of an order that names none; None: the first of the catalogue
    default_seconds: int | None = None  # likewise; None: the model's own first
    default_size: Size | None = None  # likewise
    confirm_above: Usd | None = None  # members confirm an order of at least this price; None: the host's default
    confirm_at_most: Usd | None = None  # the highest price that tiers and members may choose; None: `confirm_above`
    spoilers: Spoilers = Spoilers.NEVER  # which videos are covered until somebody looks
    age_rule: AgeRule = AgeRule.FREE  # what age-restricted channels mean for videos
    language: str | None = None  # for what everybody sees there, from `bot.domain.texts.languages`; None: Discord's
    keep_days: int | None = None  # how long videos are kept; None: for ever
    keep_marked: bool = True  # videos with a star or in a collection stay all the same
    private_shown_since: datetime | None = None  # when that was chosen: earlier ones were ordered under other terms

    @property
    def retention(self) -> Retention | None:
        return None if self.keep_days is None else Retention(days=self.keep_days, marked_stay=self.keep_marked)

    def channel(self, kind: ChannelUse) -> int | None:
        match kind:
            case ChannelUse.NOTICES:
                return self.notices_channel
            case ChannelUse.LOG:
                return self.log_channel
            case ChannelUse.RESULTS:
                return self.results_channel
            case ChannelUse.SHOWCASE:
                return self.showcase_channel

    def with_channel(self, kind: ChannelUse, channel_id: int | None) -> GuildOptions:
        match kind:
            case ChannelUse.NOTICES:
                return replace(self, notices_channel=channel_id)
            case ChannelUse.LOG:
                return replace(self, log_channel=channel_id)
            case ChannelUse.RESULTS:
                return replace(self, results_channel=channel_id)
            case ChannelUse.SHOWCASE:
                return replace(self, showcase_channel=channel_id)

    def showing_private(self, now: datetime, *, shown: bool | None) -> GuildOptions:
        """With another choice; None leaves it unchanged."""
        if shown is None or shown == self.show_private:
            return self
        return replace(self, show_private=shown, private_shown_since=now if shown else None)

    def shows_private_of(self, ordered_at: datetime) -> bool:
        """Whether managers may watch a private video that was ordered at that time."""
        since = self.private_open_since
        return since is not None and ordered_at >= since

    @property
    def private_open_since(self) -> datetime | None:
        """Managers may watch private videos ordered from then on; None: none of them."""
        return (self.private_shown_since or ALWAYS) if self.show_private else None
