"""An order that a server's rules refused, and what became of it: appealed, allowed once, kept."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.moderation.normalise import readings
from bot.domain.moderation.rules import BrokenRule, RuleKind
from bot.domain.ports.records import Record

KEPT_FOR = timedelta(days=30)
TOLD_AGAIN_AFTER = timedelta(hours=1)  # about the same order


class ModerationDecision(StrEnum):
    """A manager's decision about a refusal or an appeal."""

    ALLOWED = "allowed"  # this order, once; a blocked member: unblocked
    KEPT = "kept"
    DISMISSED = "dismissed"  # seen, and nothing more


@value_object
class RefusedOrder:
    """One member's exact prompt with its picture: however often it is tried, it is one record."""

    guild_id: int
    member_id: int
    channel_id: int
    private: bool
    text: str
    kind: RuleKind
    rule: str
    at: datetime  # the last time
    told_at: datetime  # when managers were last told
    appeal: str | None = None  # what the member said to it
    decision: ModerationDecision | None = None
    decided_by: int | None = None
    used: bool = False  # it was allowed once, and ordered

    def again(self, latest: RefusedOrder) -> RefusedOrder:
        """After the same order was refused once more, now as `latest` says."""
        if self.used:
            return latest
        told_at = latest.at if latest.at - self.told_at >= TOLD_AGAIN_AFTER else self.told_at
        return replace(self, kind=latest.kind, rule=latest.rule, at=latest.at, told_at=told_at)

    @property
    def broken(self) -> BrokenRule:
        return BrokenRule(kind=self.kind, rule=self.rule)

    @property
    def matters(self) -> bool:
        """Whether somebody has said something about it that is still to be known."""
        return self.appeal is not None or self.decision in {ModerationDecision.ALLOWED, ModerationDecision.KEPT}

    @property
    def is_pardoned(self) -> bool:
        """Whether it may be ordered once."""
        return self.decision is ModerationDecision.ALLOWED and not self.used

    @property
    def can_be_appealed(self) -> bool:
        return self.appeal is None and self.decision in {None, ModerationDecision.DISMISSED}


REFUSALS = Record("refused orders", RefusedOrder, lasts=KEPT_FOR)  # by `refusal_id`


def refusal_id(guild_id: int, member_id: int, text: str, picture: str | None) -> str:
    """The same for the same prompt of one member, however it is written. `picture`: its hash."""
    said = f"{guild_id}\n{member_id}\n{picture or ''}\n{readings(text).plain}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]
