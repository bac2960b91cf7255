"""What managers are told about storage: a quota that fills up, and a removal round that is due."""

from __future__ import annotations

from enum import IntEnum

from bot.data_classes import value_object
from bot.domain.retention.quota import QuotaUse
from bot.domain.retention.rounds import RemovalRound


class QuotaLevel(IntEnum):
    """How much of the host's quota is used, in percent, when managers are told."""

    MUCH = 80
    NEAR = 95
    FULL = 100


EASED = 5  # percentage points below a level before reaching it is news again


@value_object
class QuotaFillsUp:
    """The kept videos of all servers compared with a level of the host's quota."""

    level: QuotaLevel
    use: QuotaUse

    @property
    def begins(self) -> bool:
        reached = [level for level in QuotaLevel if self._is_at(level)]
        return bool(reached) and max(reached) is self.level

    @property
    def topic(self) -> str:
        return self._topic_at(self.level)

    @property
    def covers(self) -> tuple[str, ...]:
        """The topics of lower levels."""
        return tuple(self._topic_at(level) for level in QuotaLevel if level < self.level)

    @property
    def episode(self) -> str:
        return str(self.use.quota)

    def goes_on(self, episode: str) -> bool:
        """A video that comes or goes at the edge is no news; a changed quota is."""
        return episode == self.episode and self._is_at(self.level - EASED)

    def _is_at(self, percent: int) -> bool:
        return self.use.used * 100 >= self.use.quota * percent

    def _topic_at(self, level: QuotaLevel) -> str:
        return f"quota {level:d}"


@value_object
class RemovalDue:
    """Videos of the server will be removed soon, unless somebody keeps them."""

    planned: RemovalRound
    begins: bool = True

    @property
    def topic(self) -> str:
        return "removal"

    @property
    def episode(self) -> str:
        return self.planned.due_at.isoformat()

    def goes_on(self, episode: str) -> bool:
        return episode == self.episode
