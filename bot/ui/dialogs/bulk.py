"""Which orders a manager wants to retry or delete in bulk, asked before the preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord.ui import Checkbox, RadioGroup, TextInput, UserSelect

from bot.domain.errors import BadRequest
from bot.domain.queue.bulk import BulkKind, Deletable
from bot.domain.texts.discord_ids import id_in
from bot.jobs.use_cases.queue.manage import LONGEST_REASON
from bot.ui.dialogs.forms import PROMPT, Form, is_ticked, labelled
from bot.ui.text.phrases import bulk, errors
from bot.ui.text.render import plain_text

LONGEST_WHEN = 40  # characters
USUAL_SINCE = "24h"
WHICH, WHOSE, OLDER, TAKE_DOWN, WHY = "which", "whose", "older", "take-down", "why"  # the ids of fields


class RetryForm(Form):
    """Asks how far to go back."""

    def __init__(self) -> None:
        super().__init__("bulk-retry", BulkKind.RETRY, bulk.RETRY_TITLE)
        text: TextInput[Any] = TextInput(max_length=LONGEST_WHEN, default=USUAL_SINCE, custom_id=PROMPT)
        self.add_item(labelled(bulk.SINCE, text, bulk.SINCE_HINT))


class DeleteForm(Form):
    """Asks which videos, whose, and how old, and whether to take them down."""

    def __init__(self) -> None:
        super().__init__("bulk-delete", BulkKind.DELETE, bulk.DELETE_TITLE)
        options = [
            discord.RadioGroupOption(label=plain_text(name), value=which.value, default=which is Deletable.FINISHED)
            for which, name in bulk.DELETABLE.items()
        ]
        whose: UserSelect[Any] = UserSelect(custom_id=WHOSE, required=False, min_values=0)
        older: TextInput[Any] = TextInput(max_length=LONGEST_WHEN, required=False, custom_id=OLDER)
        self.add_item(labelled(bulk.WHICH, RadioGroup(custom_id=WHICH, options=options)))
        self.add_item(labelled(bulk.WHOSE, whose))
        take_down: Checkbox[Any] = Checkbox(custom_id=TAKE_DOWN)
        why: TextInput[Any] = TextInput(max_length=LONGEST_REASON, required=False, custom_id=WHY)
        self.add_item(labelled(bulk.OLDER, older, bulk.OLDER_HINT))
        self.add_item(labelled(bulk.DOWN, take_down, bulk.DOWN_HINT))
        self.add_item(labelled(bulk.DOWN_WHY, why))


def take_down_in(fields: Mapping[str, str]) -> str | None:
    """The reason, which may be empty, if they are taken down; None if they are only deleted."""
    return fields.get(WHY, "") if is_ticked(fields, TAKE_DOWN) else None


def deletable_in(fields: Mapping[str, str]) -> tuple[Deletable, int | None, str]:
    """Which, whose, and how old, as submitted."""
    which, whose = fields.get(WHICH, ""), fields.get(WHOSE, "")
    owner_id = id_in(whose)
    if which not in set(Deletable) or (whose and owner_id is None):
        raise BadRequest(errors.OTHER_FORM)
    return Deletable(which), owner_id, fields.get(OLDER, "")
