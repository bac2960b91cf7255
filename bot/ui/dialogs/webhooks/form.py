"""The form for an address, and for the events to send there."""

from __future__ import annotations

from typing import Any

from discord import SelectOption
from discord.ui import Select, TextInput

from bot.domain.network.targets import EXAMPLE, LONGEST
from bot.domain.webhooks.webhook import CHOOSABLE
from bot.ui.dialogs.forms import Form, labelled
from bot.ui.text.phrases.settings import webhooks as phrases
from bot.ui.text.render import plain_text

VERB = "webhook-add"
WHOSE = "server"  # what the form is about
ADDRESS, EVENTS = "address", "events"  # ids of fields


class WebhookForm(Form):
    def __init__(self) -> None:
        super().__init__(VERB, WHOSE, phrases.FORM)
        address: TextInput[Any] = TextInput(custom_id=ADDRESS, max_length=LONGEST, placeholder=EXAMPLE)
        options = [
            SelectOption(label=plain_text(phrases.EVENT[each]), value=each.value, default=True) for each in CHOOSABLE
        ]
        events: Select[Any] = Select(custom_id=EVENTS, options=options, max_values=len(options))
        for text, hint, field in (
            (phrases.ADDRESS, phrases.ADDRESS_HINT, address),
            (phrases.EVENTS, phrases.EVENTS_HINT, events),
        ):
            self.add_item(labelled(text, field, hint))
