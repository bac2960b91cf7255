"""The form for an address, and for the events to send there."""

from __future__ import annotations

import secrets
from typing import Any

from discord import SelectOption
from discord.ui import Label, Modal, Select, TextInput

from bot.domain.network.targets import EXAMPLE, LONGEST
from bot.domain.webhooks.webhook import CHOOSABLE
from bot.ui.dialogs.forms import OPEN_FOR, PREFIX
from bot.ui.text.phrases.settings import webhooks as phrases
from bot.ui.text.render import plain_text

VERB = "webhook-add"
WHOSE = "server"  # what the form is about
ADDRESS, EVENTS = "address", "events"  # ids of fields


class WebhookForm(Modal):
    def __init__(self) -> None:
        custom_id = f"{PREFIX}{VERB}:{WHOSE}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(phrases.FORM), custom_id=custom_id, timeout=OPEN_FOR)
        address: TextInput[Any] = TextInput(custom_id=ADDRESS, max_length=LONGEST, placeholder=EXAMPLE)
        options = [
            SelectOption(label=plain_text(phrases.EVENT[each]), value=each.value, default=True) for each in CHOOSABLE
        ]
        events: Select[Any] = Select(custom_id=EVENTS, options=options, max_values=len(options))
        for text, hint, field in (
            (phrases.ADDRESS, phrases.ADDRESS_HINT, address),
            (phrases.EVENTS, phrases.EVENTS_HINT, events),
        ):
            self.add_item(Label(text=plain_text(text), description=plain_text(hint), component=field))
