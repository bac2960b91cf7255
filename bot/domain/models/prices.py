"""What one account charges for the videos of a model: per second, per video, and for inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Any

from bot.data_classes import value_object
from bot.domain.money.usd import FREE, MICROS_PER_DOLLAR, Usd
from bot.domain.video import NO_OPTIONS, STILLS, RemixMethod, Size, VideoOptions

BySize = Mapping[Size, Usd]


def rounded_up(dollars: Decimal) -> Usd:
    """In whole micro-dollars: a quote is an upper bound."""
    return Usd(int((dollars * MICROS_PER_DOLLAR).to_integral_value(ROUND_CEILING)))


@value_object
class GpuTime:
    """Dollars per `unit` seconds of a GPU, and the most that a video takes."""

    dollars: Decimal
    most_seconds: int
    unit: int = 1

    def cost(self, seconds: float) -> Usd:
        """For that much time, or for the most that is charged."""
        charged = min(max(Decimal(str(seconds)), Decimal(0)), Decimal(self.most_seconds))
        return rounded_up(self.dollars * charged / self.unit)

    @property
    def bound(self) -> Usd:
        return self.cost(self.most_seconds)


class Input(StrEnum):
    """What an order sends along that may have its own price."""

    PICTURE = "picture"  # to start from or to end with
    REFERENCE = "reference"
    SOURCE = "source"  # per second of the video that a remix is made from


@value_object
class Inputs:
    """The inputs of an order, as far as prices depend on them."""

    pictures: int = 0
    references: int = 0
    source_seconds: int = 0
    sound: bool | None = None

    @classmethod
    def of(
        cls,
        method: RemixMethod | None,
        *,
        picture: bool,
        options: VideoOptions[Any] = NO_OPTIONS,
        source_seconds: int = 0,
    ) -> Inputs:
        """For a new video, or for a remix by this method: some send a frame of their source."""
        return cls(
            pictures=(picture or method in STILLS) + (options.end is not None),
            references=len(options.references),
            source_seconds=source_seconds,
            sound=options.sound,
        )


@value_object
class Surcharge:
    """The total for so many inputs of a kind."""

    input: Input
    number: int
    price: Usd


@value_object
class AccountPrices:
    """For one model at one account. A size without an entry in `per_second` has no known price."""

    per_second: BySize
    remix_per_second: Mapping[RemixMethod, BySize] = field(default_factory=dict)  # where it differs
    sound_per_second: Mapping[bool, BySize] = field(default_factory=dict)  # likewise, with and without
    source_per_second: Mapping[RemixMethod, BySize] = field(default_factory=dict)  # of the video that is remixed so
    per_video: BySize = field(default_factory=dict)  # beside the seconds; with all the time of `gpu`
    per_picture: Usd = FREE
    per_reference: Usd = FREE
    gpu: GpuTime | None = None

    def quote(self, seconds: int, size: Size, method: RemixMethod | None, inputs: Inputs) -> Usd | None:
        """The most it costs; None if unknown."""
        each = self._each_second(size, method, sound=inputs.sound)
        if each is None:
            return None
        beside = sum((more.price for more in self.surcharges(size, method, inputs)), FREE)
        return each * seconds + self.per_video.get(size, FREE) + beside

    def surcharges(self, size: Size, method: RemixMethod | None, inputs: Inputs) -> Iterator[Surcharge]:
        """For inputs, in addition to the seconds."""
        source = {} if method is None else self.source_per_second.get(method, {})
        for kind, number, price in (
            (Input.PICTURE, inputs.pictures, self.per_picture),
            (Input.REFERENCE, inputs.references, self.per_reference),
            (Input.SOURCE, inputs.source_seconds, source.get(size, FREE)),
        ):
            if number and price != FREE:
                yield Surcharge(input=kind, number=number, price=price * number)

    def _each_second(self, size: Size, method: RemixMethod | None, *, sound: bool | None) -> Usd | None:
        """The highest of the prices for this method or this sound, otherwise the usual one."""
        ways = {} if method is None else self.remix_per_second.get(method, {})
        sounds = {} if sound is None else self.sound_per_second.get(sound, {})
        return max((prices[size] for prices in (ways, sounds) if size in prices), default=self.per_second.get(size))

    def settled(self, quote: Usd, gpu_seconds: float | None) -> Usd:
        """What is charged of a quote after that much time, as far as measured; never more than was quoted.

        If the catalogue changed meanwhile, its prices may differ from those the quote was made with.
        """
        if self.gpu is None or gpu_seconds is None:
            return quote
        spent = self.gpu.cost(gpu_seconds)
        return max(min(quote, spent), quote - (self.gpu.bound - spent))
