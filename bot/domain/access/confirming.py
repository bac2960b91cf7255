"""From which price on a member is asked before a video is ordered."""

from __future__ import annotations

from bot.data_classes import value_object
from bot.domain.money.usd import Usd


@value_object
class ConfirmBounds:
    """What a host and a server chose. None: nothing was."""

    host: Usd
    server: Usd | None = None
    at_most: Usd | None = None  # the most that a tier or a member may choose there

    @property
    def usual(self) -> Usd:
        """Where neither a tier nor a member chose anything."""
        return self.host if self.server is None else self.server

    @property
    def highest(self) -> Usd:
        """Nothing dearer goes unasked, whatever tiers and members chose."""
        return self.usual if self.at_most is None else max(self.usual, self.at_most)

    def of(self, tier: Usd | None, member: Usd | None) -> Usd:
        """For a member: their own choice, else that of their tier, else the usual; but never above the highest."""
        chosen = [each for each in (member, tier, self.usual) if each is not None]
        return min(chosen[0], self.highest)
