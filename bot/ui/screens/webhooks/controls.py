"""The buttons and menus about webhooks. Each carries all it needs, so it works after a restart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Self

from discord import ButtonStyle, SelectOption
from discord.ui import Button, Select

from bot.domain.messages import Message
from bot.domain.webhooks.webhook import Webhook
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.interactions.selects import LastingSelect
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_OPTION
from bot.ui.text.phrases.settings import webhooks as phrases
from bot.ui.text.render import plain_text

ID = "[0-9a-f]{12}"


class WebhookAct(StrEnum):
    """What a button does. The values are in the ids of buttons, so they never change."""

    SHOW = "show"
    TEST = "test"
    ROTATE = "rotate"
    ENABLE = "enable"
    REMOVE = "remove"  # asks first
    REALLY = "really"


class AddWebhookButton(LastingButton, template=rf"{VERSION}:webhook-add"):
    opens_form: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(Button(label=plain_text(phrases.ADD), custom_id=f"{VERSION}:webhook-add"))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


class WebhookSelect(LastingSelect, template=rf"{VERSION}:webhook-pick"):
    """Leads to one of them."""

    def __init__(self, webhooks: Sequence[Webhook] = ()) -> None:
        options = [
            SelectOption(label=cut(f"{number}. {phrases.shown(each.url)}", LONGEST_OPTION), value=each.id)
            for number, each in enumerate(webhooks, 1)
        ]
        placeholder = plain_text(phrases.CHOOSE)
        super().__init__(Select(custom_id=f"{VERSION}:webhook-pick", options=options, placeholder=placeholder))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


class WebhookButton(LastingButton, template=rf"{VERSION}:webhook:(?P<act>{'|'.join(WebhookAct)}):(?P<webhook>{ID})"):
    def __init__(
        self,
        act: WebhookAct,
        webhook_id: str,
        text: Message = phrases.CHOOSE,
        style: ButtonStyle = ButtonStyle.secondary,
    ) -> None:
        custom_id = f"{VERSION}:webhook:{act}:{webhook_id}"
        super().__init__(Button(label=plain_text(text), custom_id=custom_id, style=style))
        self.act = act
        self.webhook_id = webhook_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(WebhookAct(match["act"]), match["webhook"])
