"""From which price a member has to confirm an order."""

from __future__ import annotations

from bot.data_classes import value_object
from bot.domain.money.usd import Usd


@value_object
class ConfirmBounds:
    """What the host and the server chose. None: nothing was chosen."""

    host: Usd
    server: Usd | None = None
    at_most: Usd | None = None  # the highest price that a tier or a member may choose there

    @property
    def usual(self) -> Usd:
        """If neither a tier nor a member chose anything."""
        return self.host if self.server is None else self.server

    @property
    def highest(self) -> Usd:
        """Nothing more expensive goes unconfirmed, whatever tiers and members chose."""
        return self.usual if self.at_most is None else max(self.usual, self.at_most)

    def of(self, tier: Usd | None, member: Usd | None) -> Usd:
        """A member's own choice, otherwise their tier's, otherwise the usual one; but never above the highest."""
        chosen = [each for each in (member, tier, self.usual) if each is not None]
        return min(chosen[0], self.highest)
