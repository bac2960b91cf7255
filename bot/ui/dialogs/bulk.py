"""Which orders a manager wants to retry or delete in bulk, asked before the preview."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import discord
from discord.ui import Checkbox, Label, Modal, RadioGroup, TextInput, UserSelect

from bot.domain.errors import BadRequest
from bot.domain.queue.bulk import BulkKind, Deletable
from bot.domain.texts.discord_ids import id_in
from bot.jobs.use_cases.queue.manage import LONGEST_REASON
from bot.ui.dialogs.forms import OPEN_FOR, PREFIX, PROMPT
from bot.ui.text.phrases import bulk, errors
from bot.ui.text.render import plain_text

LONGEST_WHEN = 40  # characters
USUAL_SINCE = "24h"
WHICH, WHOSE, OLDER, TAKE_DOWN, WHY = "which", "whose", "older", "take-down", "why"  # the ids of fields


class RetryForm(Modal):
    """Asks how far to go back."""

    def __init__(self) -> None:
        custom_id = f"{PREFIX}bulk-retry:{BulkKind.RETRY}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(bulk.RETRY_TITLE), custom_id=custom_id, timeout=OPEN_FOR)
        text: TextInput[Any] = TextInput(max_length=LONGEST_WHEN, default=USUAL_SINCE, custom_id=PROMPT)
        self.add_item(Label(text=plain_text(bulk.SINCE), description=plain_text(bulk.SINCE_HINT), component=text))


class DeleteForm(Modal):
    """Asks which videos, whose, and how old, and whether to take them down."""

    def __init__(self) -> None:
        custom_id = f"{PREFIX}bulk-delete:{BulkKind.DELETE}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(bulk.DELETE_TITLE), custom_id=custom_id, timeout=OPEN_FOR)
        options = [
            discord.RadioGroupOption(label=plain_text(name), value=which.value, default=which is Deletable.FINISHED)
            for which, name in bulk.DELETABLE.items()
        ]
        whose: UserSelect[Any] = UserSelect(custom_id=WHOSE, required=False, min_values=0)
        older: TextInput[Any] = TextInput(max_length=LONGEST_WHEN, required=False, custom_id=OLDER)
        self.add_item(Label(text=plain_text(bulk.WHICH), component=RadioGroup(custom_id=WHICH, options=options)))
        self.add_item(Label(text=plain_text(bulk.WHOSE), component=whose))
        take_down: Checkbox[Any] = Checkbox(custom_id=TAKE_DOWN)
        why: TextInput[Any] = TextInput(max_length=LONGEST_REASON, required=False, custom_id=WHY)
        self.add_item(Label(text=plain_text(bulk.OLDER), description=plain_text(bulk.OLDER_HINT), component=older))
        self.add_item(Label(text=plain_text(bulk.DOWN), description=plain_text(bulk.DOWN_HINT), component=take_down))
        self.add_item(Label(text=plain_text(bulk.DOWN_WHY), component=why))


def take_down_in(fields: Mapping[str, str]) -> str | None:
    """The reason, which may be empty, if they are taken down; None if they are only deleted."""
    return fields.get(WHY, "") if fields.get(TAKE_DOWN) == str(True) else None


def deletable_in(fields: Mapping[str, str]) -> tuple[Deletable, int | None, str]:
    """Which, whose, and how old, as submitted."""
    which, whose = fields.get(WHICH, ""), fields.get(WHOSE, "")
    owner_id = id_in(whose)
    if which not in set(Deletable) or (whose and owner_id is None):
        raise BadRequest(errors.OTHER_FORM)
    return Deletable(which), owner_id, fields.get(OLDER, "")
