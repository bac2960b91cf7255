"""What members wrote into forms whose orders were refused: kept for a day, behind a button that reopens them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import timedelta
from typing import Any, Self, TypeVar

import discord
from discord import SelectDefaultValue, SelectDefaultValueType
from discord.ui import (
    Button,
    Checkbox,
    CheckboxGroup,
    Item,
    Label,
    Modal,
    RadioGroup,
    RoleSelect,
    Select,
    TextInput,
    UserSelect,
)

from bot.data_classes import value_object, wired
from bot.domain.access.newest import NewestOfMembers
from bot.domain.errors import BadRequest
from bot.domain.messages import Message
from bot.domain.ports.records import Record, Records
from bot.domain.texts.discord_ids import ids_in
from bot.ui.dialogs.forms import PROMPT
from bot.ui.interactions.buttons import VERSION, LastingButton, parts_of
from bot.ui.text.phrases import errors, forms
from bot.ui.text.render import plain_text

CREATE = "create"  # the verb of the form of a new order
FORM = TypeVar("FORM", bound=Modal)

MODEL, SECONDS, SIZE = "model", "seconds", "size"  # ids of the fields for the order


@value_object
class Draft:
    """A form as it was filled in: its verb, what it is about, and its fields by id.

    If several values were chosen in a field, each is on its own line.
    """

    member_id: int
    verb: str
    about: str
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)


DRAFTS = Record("drafts", Draft, lasts=timedelta(days=1))  # by an unguessable mark
MOST_KEPT = 100  # of one member; each may have 20,000 characters
EDIT_TEXT = f"{VERSION}:edit-text:"  # followed by a mark


class EditTextButton(LastingButton, template=rf"{EDIT_TEXT}(?P<mark>[0-9a-f]{{16}})"):
    """Reopens the form with everything that was written."""

    opens_form = True

    def __init__(self, mark: str, text: Message = forms.EDIT_TEXT) -> None:
        label, style = plain_text(text), discord.ButtonStyle.primary
        super().__init__(Button(label=label, style=style, emoji="✏️", custom_id=f"{EDIT_TEXT}{mark}"))
        self.mark = mark

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["mark"])


@wired
class Drafts:
    """Of each member the newest are kept: anybody can send forms that are refused."""

    records: Records
    _newest: NewestOfMembers = field(default_factory=lambda: NewestOfMembers(most=MOST_KEPT))

    async def keep(self, draft: Draft) -> str:
        """Returns the mark of the draft."""
        mark = secrets.token_hex(8)
        await self.records.write(DRAFTS, mark, draft)
        if (oldest := self._newest.added(draft.member_id, mark)) is not None:
            await self.records.update(DRAFTS, oldest, lambda _: None)
        return mark

    async def of(self, member_id: int, mark: str) -> Draft:
        """Raises BadRequest if it has been forgotten, or is somebody else's."""
        draft = await self.records.read(DRAFTS, mark)
        if draft is None or draft.member_id != member_id:
            raise BadRequest(errors.DRAFT_GONE)
        return draft


@wired
class UnsentForm:
    """The Unsent of a form."""

    drafts: Drafts
    draft: Draft

    def choosing(self, model: str, seconds: int, size: str) -> UnsentForm:
        """A form with a size has a field for each value; one without has models and lengths in one list, or neither."""
        fields = self.draft.fields
        if SIZE in fields:
            chosen = {MODEL: model, SECONDS: str(seconds), SIZE: size}
        else:
            chosen = {MODEL: f"{model} {seconds}"} if MODEL in fields else {}
        return replace(self, draft=replace(self.draft, fields={**fields, **chosen}))

    async def button(self) -> Item[Any]:
        return EditTextButton(await self.drafts.keep(self.draft))


def says_something(fields: Mapping[str, str]) -> bool:
    """Whether a filled-in form is worth keeping: for its prompt, if it asks for one."""
    return bool(fields[PROMPT]) if PROMPT in fields else any(fields.values())


def refilled(form: FORM, fields: Mapping[str, str], guild: discord.Guild | None) -> FORM:
    """A form with the earlier input; roles that no longer exist are not selected again."""
    for part in form.children:
        field = part.component if isinstance(part, Label) else part
        if (written := fields.get(getattr(field, "custom_id", ""))) is not None:
            _refill(field, written, guild)
    return form


def _refill(field: Item[Any], written: str, guild: discord.Guild | None) -> None:
    chosen = written.splitlines()
    match field:
        case TextInput():
            field.default = written[: field.max_length] or None
        case Select() | RadioGroup() | CheckboxGroup():
            for option in field.options:
                option.default = option.value in chosen
        case Checkbox():
            field.default = written == str(True)
        case RoleSelect():
            roles = [each for each in ids_in(chosen) if guild and guild.get_role(each)]
            field.default_values = [SelectDefaultValue(id=role, type=SelectDefaultValueType.role) for role in roles]
        case UserSelect():
            field.default_values = [
                SelectDefaultValue(id=id_, type=SelectDefaultValueType.user) for id_ in ids_in(chosen)
            ]
        case _:
            pass


def was_opened_by_edit(interaction: discord.Interaction[Any]) -> bool:
    """Whether the message behind a submitted form has an *Edit* button, so that the form's result may replace it."""
    message = interaction.message
    parts = [] if message is None else parts_of(message)
    return any(str(getattr(part, "custom_id", "")).startswith(EDIT_TEXT) for part in parts)
