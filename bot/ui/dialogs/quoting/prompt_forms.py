"""The forms for another prompt, and for what happens in a picture."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord.ui import Label, RadioGroup, TextInput

from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.models.card import LONGEST_PROMPT
from bot.ui.dialogs.forms import PROMPT, Form, labelled
from bot.ui.interactions.picture_choices import Offered
from bot.ui.text.phrases import errors, forms
from bot.ui.text.render import plain_text

PICTURE = "picture"  # the id of the choice below the text, in a form about pictures


class EditForm(Form):
    """Asks for a prompt, with the old one in it."""

    def __init__(self, job: Job, written: str | None = None) -> None:
        """`written`: what was entered before, instead of the job's prompt."""
        super().__init__("edit", job.id, forms.edit(job))
        text: TextInput[Any] = TextInput(
            style=discord.TextStyle.paragraph,
            default=(written or job.request.prompt)[:LONGEST_PROMPT],
            max_length=LONGEST_PROMPT,
            custom_id=PROMPT,
        )
        self.add_item(labelled(forms.PROMPT, text, forms.NOTHING_SPENT))


class AnimateForm(Form):
    """Asks what should happen in a picture.

    `offers` are names of pictures, each with its video. `written`: the earlier input of its fields.
    """

    def __init__(self, offers: Sequence[tuple[str, str]], written: Mapping[str, str] | None = None) -> None:
        before = written or {}
        self.mark = secrets.token_hex(8)
        super().__init__("animate", self.mark, forms.ANIMATE)
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
            self.add_item(labelled(forms.WHICH_PICTURE, RadioGroup(custom_id=PICTURE, options=options)))


def picture_in(fields: Mapping[str, str], pictures: Sequence[Offered]) -> Offered:
    """The picture that was chosen; in a form without a choice, the first one.

    Raises BadRequest for a picture that was not offered.
    """
    offered = {str(number): picture for number, picture in enumerate(pictures)}
    try:
        return offered[fields.get(PICTURE) or "0"]
    except KeyError:
        raise BadRequest(errors.OTHER_FORM) from None
