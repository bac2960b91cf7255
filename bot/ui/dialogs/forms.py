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
from discord.ui import Label, Modal, RadioGroup, TextInput

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.models.card import LONGEST_PROMPT
from bot.jobs.use_cases.review import LONGEST_ID
from bot.ui.interactions.picture_choices import Offered
from bot.ui.text.phrases import errors, forms
from bot.ui.text.render import plain_text

PREFIX = "k1:form:"
OUR_FORM = re.compile(rf"{PREFIX}(?P<verb>[a-z-]+):(?P<about>[^:]+):(?P<nonce>.*)")
OPEN_FOR = 900.0  # seconds for which discord.py remembers an open form; its id works even after that
PROMPT = "prompt"  # the id of a form's text
PICTURE = "picture"  # the id of the choice below it, in a form about pictures
MOST_PARTS = 5  # of a form


class EditForm(Modal):
    """Asks for a prompt, with the old one in it."""

    def __init__(self, job: Job, written: str | None = None) -> None:
        """`written`: what was entered before, instead of the job's prompt."""
        custom_id = f"{PREFIX}edit:{job.id}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(forms.edit(job)), custom_id=custom_id, timeout=OPEN_FOR)
        text: TextInput[Any] = TextInput(
            style=discord.TextStyle.paragraph,
            default=(written or job.request.prompt)[:LONGEST_PROMPT],
            max_length=LONGEST_PROMPT,
            custom_id=PROMPT,
        )
        hint = plain_text(forms.NOTHING_SPENT)
        self.add_item(Label(text=plain_text(forms.PROMPT), description=hint, component=text))


class AnimateForm(Modal):
    """Asks what should happen in a picture.

    `offers` are names of pictures, each with its video. `written`: the earlier input of its fields.
    """

    def __init__(self, offers: Sequence[tuple[str, str]], written: Mapping[str, str] | None = None) -> None:
        before = written or {}
        self.mark = secrets.token_hex(8)
        custom_id = f"{PREFIX}animate:{self.mark}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(forms.ANIMATE), custom_id=custom_id, timeout=OPEN_FOR)
        text: TextInput[Any] = TextInput(
            style=discord.TextStyle.paragraph,
            placeholder=plain_text(forms.WHAT_MOVES),
            default=before.get(PROMPT),
            max_length=LONGEST_PROMPT,
            custom_id=PROMPT,
        )
        hint = offers[0][1] if len(offers) == 1 else plain_text(forms.NOTHING_SPENT)
        self.add_item(Label(text=plain_text(forms.WHAT_HAPPENS), description=hint, component=text))
        if len(offers) > 1:
            chosen = before.get(PICTURE) or "0"
            options = [
                discord.RadioGroupOption(label=name, value=str(number), description=told, default=str(number) == chosen)
                for number, (name, told) in enumerate(offers)
            ]
            self.add_item(
                Label(text=plain_text(forms.WHICH_PICTURE), component=RadioGroup(custom_id=PICTURE, options=options))
            )


class AdoptForm(Modal):
    """Asks which video at the service is the job's. `known` is our suggestion, `written` what was entered before."""

    def __init__(self, job: Job, known: str | None, written: str | None = None) -> None:
        super().__init__(
            title=plain_text(forms.adopt(job)),
            custom_id=f"{PREFIX}adopt:{job.id}:{secrets.token_hex(4)}",
            timeout=OPEN_FOR,
        )
        found = plain_text(forms.WHAT_I_KNOW if known else forms.DASHBOARD)
        text: TextInput[Any] = TextInput(default=written or known, max_length=LONGEST_ID, custom_id=PROMPT)
        self.add_item(Label(text=plain_text(forms.ID_AT_SERVICE), description=found, component=text))


def sent_form(interaction: discord.Interaction[Any]) -> tuple[str, str, dict[str, str]] | None:
    """Verb, job id or mark, and fields of a submitted form of ours; None for anything else."""
    data: dict[str, Any] = dict(interaction.data or {})
    custom_id = OUR_FORM.fullmatch(component_id(interaction))
    if interaction.type is not discord.InteractionType.modal_submit or custom_id is None:
        return None
    fields = [field for row in data.get("components") or () for field in _fields_of(row)]
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
    data: dict[str, Any] = dict(interaction.data or {})
    parts = [part["component"] for part in data.get("components") or () if "component" in part]
    return {str(part["custom_id"]): "\n".join(_each_once(part) or [_entered(part)]) for part in parts}


def chosen_in(interaction: discord.Interaction[Any], field: str) -> Sequence[str]:
    """All values chosen in a field that takes several, each once; none if the form has no such field."""
    data: dict[str, Any] = dict(interaction.data or {})
    parts = [part.get("component") or {} for part in data.get("components") or ()]
    return [each for part in parts if part.get("custom_id") == field for each in _each_once(part)]


def _each_once(part: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(str(each) for each in part.get("values") or ()))


@value_object
class Upload:
    """A file submitted with a form: its address at Discord, and its size in bytes according to Discord."""

    url: str
    bytes: int


def files_in(interaction: discord.Interaction[Any], field: str) -> Sequence[Upload]:
    """The files submitted in a field; none if the form has no such field."""
    data: dict[str, Any] = dict(interaction.data or {})
    known: Mapping[str, Any] = (data.get("resolved") or {}).get("attachments") or {}
    given = [known[id_] for id_ in chosen_in(interaction, field) if id_ in known]
    return [Upload(url=str(each["url"]), bytes=int(each["size"])) for each in given]


def text_in(fields: Mapping[str, str]) -> str:
    """The text that was entered. Raises BadRequest for a form that does not ask for any."""
    if PROMPT not in fields:
        raise BadRequest(errors.OTHER_FORM)
    return fields[PROMPT]


def picture_in(fields: Mapping[str, str], pictures: Sequence[Offered]) -> Offered:
    """The picture that was chosen; in a form without a choice, the first one.

    Raises BadRequest for a picture that was not offered.
    """
    offered = {str(number): picture for number, picture in enumerate(pictures)}
    try:
        return offered[fields.get(PICTURE) or "0"]
    except KeyError:
        raise BadRequest(errors.OTHER_FORM) from None


def component_id(interaction: discord.Interaction[Any]) -> str:
    """The custom_id of the pressed button or the submitted form; empty for commands."""
    data: dict[str, Any] = dict(interaction.data or {})
    return str(data.get("custom_id", ""))
