"""The card for a server that Kinora has just joined, with a button for each first step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from discord import ButtonStyle
from discord.ui import ActionRow, Button, Container, LayoutView, TextDisplay

from bot.domain.messages import Message, joined
from bot.ui.cards.job_card import BLUE
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.screens.settings.controls import OpenSettingsButton, SettingsForm, SettingsFormButton
from bot.ui.screens.settings.notifications import NotificationsPage
from bot.ui.text.phrases.settings import joining as phrases
from bot.ui.text.phrases.values import lines, small
from bot.ui.text.render import plain_text, render

MARK = f"{VERSION}:first-video"  # identifies the card when searching for it


class FirstVideoButton(LastingButton, template=MARK):
    """Opens the form for a new video."""

    opens_form: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(_button(phrases.FIRST_VIDEO, MARK))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


class FreeTestButton(LastingButton, template=rf"{VERSION}:free-test"):
    """Orders a video from a model that is free."""

    def __init__(self) -> None:
        super().__init__(_button(phrases.FREE_TEST, f"{VERSION}:free-test"))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


def _button(text: Message, custom_id: str) -> Button[Any]:
    return Button(label=plain_text(text), custom_id=custom_id, style=ButtonStyle.secondary)


class FirstCard(LayoutView):
    """`lacking`: permissions, by Discord's names. `free`: some model is free. Pure."""

    def __init__(self, lacking: Sequence[str] = (), *, free: bool = False) -> None:
        super().__init__(timeout=None)
        rights = phrases.lacking(lacking) if lacking else phrases.ALL_RIGHT
        text = TextDisplay[FirstCard](render(lines(joined(phrases.HEAD, phrases.HELP), phrases.STEPS, small(rights))))
        self.add_item(Container[FirstCard](text, accent_colour=BLUE))
        steps = (
            OpenSettingsButton(text=phrases.OPEN, style=ButtonStyle.primary),
            SettingsFormButton(SettingsForm.BUDGET, phrases.BUDGET),
            OpenSettingsButton(NotificationsPage.id, phrases.NOTICES),
        )
        self.add_item(ActionRow(*steps))
        self.add_item(ActionRow(FirstVideoButton(), *([FreeTestButton()] if free else [])))
