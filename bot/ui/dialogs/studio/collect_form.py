"""Asks for the collection to put videos into. The selection is remembered under a name (see `several`)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from discord.ui import Checkbox, Label, Modal, TextInput

from bot.domain.studio.collections import LONGEST_NAME
from bot.ui.dialogs.forms import OPEN_FOR, PREFIX, PROMPT
from bot.ui.text.phrases.studio import collections
from bot.ui.text.render import plain_text

FOR_SERVER = "for-server"  # the id of a field


class CollectForm(Modal):
    """`chosen`: the name of the selection."""

    def __init__(self, chosen: str, *, may_be_servers: bool) -> None:
        custom_id = f"{PREFIX}collect:{chosen}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(collections.FORM_TITLE), custom_id=custom_id, timeout=OPEN_FOR)
        name: TextInput[Any] = TextInput(custom_id=PROMPT, max_length=LONGEST_NAME)
        hint = plain_text(collections.NAME_HINT)
        self.add_item(Label(text=plain_text(collections.NAME), description=hint, component=name))
        if may_be_servers:
            box: Checkbox[Any] = Checkbox(custom_id=FOR_SERVER)
            about = plain_text(collections.FOR_SERVER_HINT)
            self.add_item(Label(text=plain_text(collections.FOR_SERVER), description=about, component=box))


def is_for_server(fields: Mapping[str, str]) -> bool:
    return fields.get(FOR_SERVER) == str(True)
