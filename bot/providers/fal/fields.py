"""fal's names for the parts of an order. They are on the card, because each model has its own.

    [models.ID.endpoints]            # `remote` is for a prompt alone
    picture = "fal-ai/x/image-to-video"
    [models.ID.fields]
    seconds = "duration as 8s"       # 8s, text ("8") or, without "as", a number
    "end.picture" = "first_frame"    # a name that only the endpoint `end` has

A part without a name is not sent; whether it may be omitted is decided where the order is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.data_classes import value_object
from bot.domain.models.card import ModelCard

NAME = re.compile(r"(?P<name>\w+)(?: as (?P<shape>\w+))?")
PROMPT = "prompt"
SECONDS = re.compile(r"(\d{1,4})s?")


@value_object(kw_only=False)
class FieldName:
    """A field's name, and how its value is written: as a number, with its unit (`8s`), or as text (`text`)."""

    name: str
    shape: str | None = None

    def written(self, value: int) -> int | str:
        match self.shape:
            case None:
                return value
            case "8s":
                return f"{value}s"
            case _:
                return str(value)


def field_of(card: ModelCard, endpoint: str, part: str) -> FieldName | None:
    """The name of a part of an order at one of its endpoints; None if it has none."""
    usual = PROMPT if part == PROMPT else ""
    match = NAME.fullmatch(card.fields.get(f"{endpoint}.{part}", card.fields.get(part, usual)))
    return None if match is None else FieldName(match["name"], match["shape"])


def endpoint_ids(card: ModelCard) -> Mapping[str, str]:
    """All endpoints that orders of this model are sent to: fal's names by ours, which is empty for a prompt alone."""
    return {"": card.remote, **card.endpoints}


def seconds_in(value: object) -> str | None:
    """A whole number of seconds, in any format that models use."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    match = SECONDS.fullmatch(str(value))
    return None if match is None else match[1]
