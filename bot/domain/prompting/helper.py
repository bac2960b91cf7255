"""The prompt helper: its requests and answers, and what they may cost."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.money.usd import Usd

PER_PRICE = 1_000_000  # tokens
FRAME_TOKENS = 100  # at most, for what a service adds to a request's text
PICTURE_TOKENS = 4096  # at most, for one picture of the size that is sent; the most expensive known counts 2,833
MOST_ANSWERED = 2000  # tokens, including those used for reasoning
LONGEST_SIDE = 768  # pixels of a picture as it is sent


class HelperTask(StrEnum):
    IMPROVE = "improve"  # a prompt
    DESCRIBE = "describe"  # an image, as a prompt


@value_object
class Tokens:
    """How much a service read and wrote, by its own count."""

    read: int
    written: int


@value_object
class HelperPrices:
    """Per million tokens each."""

    read: Usd
    written: Usd

    def of(self, tokens: Tokens) -> Usd:
        """Rounded up to a micro-dollar."""
        parts = self.read.micros * tokens.read + self.written.micros * tokens.written
        return Usd(-(-parts // PER_PRICE))


@value_object
class HelperQuestion:
    """One request. `picture` is a PNG or JPEG."""

    task: HelperTask
    instructions: str
    words: str
    picture: bytes | None = None

    @property
    def most_tokens(self) -> Tokens:
        """No tokenizer makes more tokens of a text than it has bytes."""
        words = len(f"{self.instructions}{self.words}".encode())
        picture = 0 if self.picture is None else PICTURE_TOKENS
        return Tokens(read=words + picture + FRAME_TOKENS, written=MOST_ANSWERED)


@value_object
class HelperAnswer:
    """`tokens` is None if the service did not say."""

    text: str
    tokens: Tokens | None


class PromptHelper(Protocol):
    """A chat model at one address."""

    async def ask(self, question: HelperQuestion) -> HelperAnswer:
        """Exactly one paid request. The text may be empty.

        Raises Refused and Unavailable if nothing was charged, OutcomeUnknown if that is unknown.
        """
        ...

    async def models(self) -> tuple[str, ...]:
        """The models available there, for the doctor; free. Raises Unavailable."""
        ...

    async def close(self) -> None: ...
