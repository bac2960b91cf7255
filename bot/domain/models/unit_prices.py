"""Prices by other units than a second of video: a video, a frame's pixels, tokens, GPU time."""

from __future__ import annotations

from decimal import Decimal

from bot.data_classes import value_object
from bot.domain.models.prices import GpuTime, rounded_up
from bot.domain.money.usd import FREE, Usd
from bot.domain.video import Size

PIXELS_PER_TOKEN = 1024  # of a video's frames, as ByteDance counts them
MEGAPIXEL = MILLION = Decimal(1_000_000)


@value_object
class UnitPrices:
    """Dollars per unit. What is not charged for is 0.

    A quote is an upper bound: it includes the extra frame that most models make, rounds megapixels up, as fal does, and
    assumes all the time that a video may take.
    """

    video: Decimal = Decimal(0)
    megapixel_frame: Decimal = Decimal(0)
    million_tokens: Decimal = Decimal(0)
    rate: int = 24  # frames a second
    gpu: GpuTime | None = None

    def each_second(self, size: Size) -> Usd:
        return rounded_up(self._frame(size) * self.rate)

    def each_video(self, size: Size) -> Usd:
        """In addition to its seconds."""
        time = FREE if self.gpu is None else self.gpu.bound
        return time + rounded_up(self.video + self._frame(size) + self.megapixel_frame)

    def _frame(self, size: Size) -> Decimal:
        pixels = Decimal(size.width * size.height)
        return pixels / MEGAPIXEL * self.megapixel_frame + pixels / PIXELS_PER_TOKEN / MILLION * self.million_tokens
