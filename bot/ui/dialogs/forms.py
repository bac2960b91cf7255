"""Forms. What they need to know is in their id, so that one still works when the bot restarted while it was open.

The id is `k1:form:<verb>:<job id or mark>:<nonce>`; the nonce is new for each opening, because phones show the content
they remember for an id (discord-api-docs#7554).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import discord
from discord.ui import Label, Modal, RadioGroup, TextInput

from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.models.card import LONGEST_PROMPT
from bot.domain.video import Aim
from bot.jobs.use_cases.review import LONGEST_ID
from bot.ui.text.phrases import forms
from bot.ui.text.render import plain_text

PREFIX = "k1:form:"
OPEN_FOR = 900.0  # seconds discord.py remembers an open form; it answers by id even after that
PROMPT = "prompt"  # the id of a form's text
AIM = "aim"  # the id of the choice below it
PICTURE = "picture"  # likewise, in a form about pictures


class PromptForm(Modal):
    """Asks for a prompt, with the old one in it."""

    @classmethod
    def to_remix(cls, job: Job) -> PromptForm:
        form = cls("remix", job, forms.remix(job), forms.WHAT_CHANGES, forms.ONE_CHANGE)
        options = [
            discord.RadioGroupOption(
                label=plain_text(label), value=aim, description=plain_text(told), default=aim is Aim.CHANGE
            )
            for aim, (label, told) in forms.AIMS.items()
        ]
        return form.add_item(Label(text=plain_text(forms.HOW), component=RadioGroup(custom_id=AIM, options=options)))

    @classmethod
    def to_edit(cls, job: Job) -> PromptForm:
        return cls("edit", job, forms.edit(job), forms.PROMPT, forms.NOTHING_SPENT)

    def __init__(self, verb: str, job: Job, title: Message, label: Message, hint: Message) -> None:
        custom_id = f"{PREFIX}{verb}:{job.id}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(title), custom_id=custom_id, timeout=OPEN_FOR)
        text: TextInput[Any] = TextInput(
            style=discord.TextStyle.paragraph,
            default=job.request.prompt[:LONGEST_PROMPT],
            max_length=LONGEST_PROMPT,
            custom_id=PROMPT,
        )
        self.add_item(Label(text=plain_text(label), description=plain_text(hint), component=text))


class AnimateForm(Modal):
    """Asks what should happen in a picture. `offers` are names of pictures, each with what its video would be."""

    def __init__(self, offers: Sequence[tuple[str, str]]) -> None:
        self.mark = secrets.token_hex(8)
        custom_id = f"{PREFIX}animate:{self.mark}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(forms.ANIMATE), custom_id=custom_id, timeout=OPEN_FOR)
        text: TextInput[Any] = TextInput(
            style=discord.TextStyle.paragraph,
            placeholder=plain_text(forms.WHAT_MOVES),
            max_length=LONGEST_PROMPT,
            custom_id=PROMPT,
        )
        hint = offers[0][1] if len(offers) == 1 else plain_text(forms.NOTHING_SPENT)
        self.add_item(Label(text=plain_text(forms.WHAT_HAPPENS), description=hint, component=text))
        if len(offers) > 1:
            options = [
                discord.RadioGroupOption(label=name, value=str(number), description=told, default=number == 0)
                for number, (name, told) in enumerate(offers)
            ]
            self.add_item(
                Label(text=plain_text(forms.WHICH_PICTURE), component=RadioGroup(custom_id=PICTURE, options=options))
            )


class AdoptForm(Modal):
    """Asks which video at the service is the job's; `known` is what we would say."""

    def __init__(self, job: Job, known: str | None) -> None:
        super().__init__(
            title=plain_text(forms.adopt(job)),
            custom_id=f"{PREFIX}adopt:{job.id}:{secrets.token_hex(4)}",
            timeout=OPEN_FOR,
        )
        found = plain_text(forms.WHAT_I_KNOW if known else forms.DASHBOARD)
        text: TextInput[Any] = TextInput(default=known, max_length=LONGEST_ID, custom_id=PROMPT)
        self.add_item(Label(text=plain_text(forms.ID_AT_SERVICE), description=found, component=text))


def sent_form(interaction: discord.Interaction[Any]) -> tuple[str, str, dict[str, str]] | None:
    """Verb, job id or mark, and fields of a submitted form of ours; None for anything else."""
    data: dict[str, Any] = dict(interaction.data or {})
    custom_id = component_id(interaction)
    if interaction.type is not discord.InteractionType.modal_submit or not custom_id.startswith(PREFIX):
        return None
    verb, about, _ = custom_id.removeprefix(PREFIX).split(":", 2)
    inner = [row.get("component") or row["components"][0] for row in data["components"]]
    return verb, about, {field["custom_id"]: field.get("value") or "" for field in inner}


def component_id(interaction: discord.Interaction[Any]) -> str:
    """The custom_id of the button that was pressed or the form that was sent; empty for commands."""
    data: dict[str, Any] = dict(interaction.data or {})
    return str(data.get("custom_id", ""))
