"""The totals of a whole run of the crash matrix, for its last line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.crash.matrix import Outcome


@dataclass
class Counters:
    """Runs, deaths, and the two numbers that have to be 0."""

    runs: int = 0
    deaths: int = 0
    paid: int = 0
    paid_twice: int = 0
    lost: int = 0
    seconds: float = 0.0
    complaints: list[str] = field(default_factory=list)

    def count(self, outcome: Outcome, *, deaths: int) -> None:
        self.runs += 1
        self.deaths += deaths
        self.paid += outcome.paid
        self.paid_twice += outcome.paid_twice
        self.lost += outcome.lost

    def add(self, **other: Any) -> None:
        """Add the counts of another process, by field name."""
        for name, counted in other.items():
            setattr(self, name, getattr(self, name) + counted)

    def __str__(self) -> str:
        return (
            f"crash matrix: {self.runs} runs, {self.deaths} deaths, {self.paid} videos paid, "
            f"{self.paid_twice} paid twice, {self.lost} lost ({self.seconds:.0f} s)"
        )


COUNTERS = Counters()
