"""Money as whole micro-dollars: no floats, no rounding surprises."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

MICROS_PER_DOLLAR = 1_000_000
MICROS_PER_CENT = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Usd:
    """An amount of US dollars, kept in micro-dollars (1 USD = 1,000,000)."""

    micros: int

    @classmethod
    def of(cls, dollars: str | Decimal | int) -> Usd:
        """Read an amount such as "0.40". Anything finer than a micro-dollar is a ValueError."""
        micros = Decimal(dollars) * MICROS_PER_DOLLAR
        if micros != micros.to_integral_value():
            raise ValueError(f"{dollars} is finer than a micro-dollar")
        return cls(int(micros))

    def __add__(self, other: Usd) -> Usd:
        return Usd(self.micros + other.micros)

    def __sub__(self, other: Usd) -> Usd:
        return Usd(self.micros - other.micros)

    def __neg__(self) -> Usd:
        return Usd(-self.micros)

    def __mul__(self, times: int) -> Usd:
        return Usd(self.micros * times)

    @property
    def exact(self) -> str:
        """The number alone, with all six digits of micro-dollars (0.400000), for other programs."""
        sign, micros = ("-" if self.micros < 0 else ""), abs(self.micros)
        return f"{sign}{micros // MICROS_PER_DOLLAR}.{micros % MICROS_PER_DOLLAR:06}"

    def __str__(self) -> str:
        """Cents as people write them ($0.40); finer digits only where there are any ($0.0034)."""
        sign, micros = ("-" if self.micros < 0 else ""), abs(self.micros)
        if micros % MICROS_PER_CENT == 0:
            return f"{sign}${micros / MICROS_PER_DOLLAR:,.2f}"
        return f"{sign}${micros / MICROS_PER_DOLLAR:,.6f}".rstrip("0")


FREE = Usd(0)
