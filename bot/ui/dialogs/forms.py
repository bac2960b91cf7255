"""Forms. Their id contains everything they need, so a form still works if the bot restarted while it was open.

The id is `k1:form:<verb>:<job id or mark>:<nonce>`; the nonce is new for each opening, because phones show the content
that they remember for an id (discord-api-docs#7554).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord.ui import Item, Label, Modal

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.messages import Message
from bot.domain.texts.discord_ids import ids_in
from bot.ui.interactions.selects import data_of, values_of
from bot.ui.text.phrases import errors
from bot.ui.text.render import plain_text

PREFIX = "k1:form:"
OUR_FORM = re.compile(rf"{PREFIX}(?P<verb>[a-z-]+):(?P<about>[^:]+):(?P<nonce>.*)")
OPEN_FOR = 900.0  # seconds for which discord.py remembers an open form; its id works even after that
PROMPT = "prompt"  # the id of a form's text
LONGEST_SECONDS, LONGEST_SIZE = 12, 16  # characters of a video's length and size, with units


class Form(Modal):
    """A form of ours. `verb` says what is done with the input, `about` to what."""

    def __init__(self, verb: str, about: str, title: Message, *parts: Label[Any]) -> None:
        custom_id = f"{PREFIX}{verb}:{about}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(title), custom_id=custom_id, timeout=OPEN_FOR)
        for part in parts:
            self.add_item(part)


def labelled(text: Message, component: Item[Any], hint: Message | None = None) -> Label[Any]:
    """A part of a form: its name, what is filled in, and a hint about that."""
    return Label(text=plain_text(text), description=None if hint is None else plain_text(hint), component=component)


def sent_form(interaction: discord.Interaction[Any]) -> tuple[str, str, dict[str, str]] | None:
    """Verb, job id or mark, and fields of a submitted form of ours; None for anything else."""
    custom_id = OUR_FORM.fullmatch(component_id(interaction))
    if interaction.type is not discord.InteractionType.modal_submit or custom_id is None:
        return None
    fields = [field for row in data_of(interaction).get("components") or () for field in _fields_of(row)]
    return custom_id["verb"], custom_id["about"], dict(fields)


def _fields_of(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The input of one part of a form, by its id; nothing for parts without input."""
    inner = [row["component"]] if "component" in row else row.get("components") or []
    return [(str(field["custom_id"]), _entered(field)) for field in inner if "custom_id" in field]


def _entered(field: Mapping[str, Any]) -> str:
    """The text, whether a box is ticked, or the value chosen in a select."""
    several = field.get("values")
    value = several[0] if several else field.get("value")
    return "" if value is None else str(value)


def filled_in(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """The fields of a submitted form by their ids; if several values were chosen in one, each is on its own line."""
    return {
        str(field["custom_id"]): "\n".join(values_of(field) or [_entered(field)])
        for field in _labelled_fields(interaction)
    }


def _labelled_fields(interaction: discord.Interaction[Any]) -> list[Mapping[str, Any]]:
    return [part["component"] for part in data_of(interaction).get("components") or () if part.get("component")]


def chosen_in(interaction: discord.Interaction[Any], field: str) -> Sequence[str]:
    """All values chosen in a field that takes several, each once; none if the form has no such field."""
    fields = [each for each in _labelled_fields(interaction) if each.get("custom_id") == field]
    return [value for each in fields for value in values_of(each)]


def id_chosen_in(interaction: discord.Interaction[Any], field: str) -> int:
    """The id of the role or member chosen in a field that takes one. Raises BadRequest for a form without it."""
    ids = ids_in(chosen_in(interaction, field))
    if not ids:
        raise BadRequest(errors.OTHER_FORM)
    return ids[0]


@value_object
class Upload:
    """A file submitted with a form: its address at Discord, and its size in bytes according to Discord."""

    url: str
    bytes: int


def files_in(interaction: discord.Interaction[Any], field: str) -> Sequence[Upload]:
    """The files submitted in a field; none if the form has no such field."""
    known: Mapping[str, Any] = (data_of(interaction).get("resolved") or {}).get("attachments") or {}
    given = [known[id_] for id_ in chosen_in(interaction, field) if id_ in known]
    return [Upload(url=str(each["url"]), bytes=int(each["size"])) for each in given]


def text_in(fields: Mapping[str, str]) -> str:
    """The text that was entered. Raises BadRequest for a form that does not ask for any."""
    if PROMPT not in fields:
        raise BadRequest(errors.OTHER_FORM)
    return fields[PROMPT]


def is_ticked(fields: Mapping[str, str], box: str) -> bool:
    """Whether the box with this id was ticked; no in a form without it."""
    return fields.get(box) == str(True)


def component_id(interaction: discord.Interaction[Any]) -> str:
    """The custom_id of the pressed button or the submitted form; empty for commands."""
    return str(data_of(interaction).get("custom_id", ""))
