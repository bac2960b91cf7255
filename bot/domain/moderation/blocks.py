"""Members who may order nothing on a server: until a certain time, or indefinitely."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.data_classes import value_object
from bot.domain.errors import MemberBlocked
from bot.domain.messages import Foreign, Moment, MomentStyle, Person, joined, msg

MOST_BLOCKS = 200  # on one server at once
LONGEST_REASON = 200  # characters


@value_object
class Block:
    """`until` is None for a block that a manager has to end."""

    member_id: int
    by: int
    since: datetime
    reason: str
    until: datetime | None = None
    appeal: str | None = None  # what the member said to it

    def holds(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@value_object
class GuildBlocks:
    """All of a server; expired ones stay until the next one is written."""

    blocks: tuple[Block, ...] = ()

    def holding(self, now: datetime) -> Sequence[Block]:
        return [block for block in self.blocks if block.holds(now)]

    def of(self, member_id: int, now: datetime) -> Block | None:
        return next((block for block in self.holding(now) if block.member_id == member_id), None)


def blocked(block: Block) -> MemberBlocked:
    """What a blocked member is told."""
    reason = msg("Reason: “{reason}”.", reason=Foreign(block.reason)) if block.reason else None
    who = msg("Ask {manager} or another server manager.", manager=Person(block.by))
    if block.until is None:
        return MemberBlocked(joined(msg("You're blocked from making videos here."), reason, who))
    until = msg(
        "You're blocked from making videos here until {day}, {time}.",
        day=Moment(block.until, MomentStyle.DAY),
        time=Moment(block.until, MomentStyle.CLOCK),
    )
    return MemberBlocked(joined(until, reason, who))
