"""Cards in a server's log channel as messages."""

from __future__ import annotations

import discord
from discord import ButtonStyle
from discord.ui import ActionRow, Button, Container, LayoutView, TextDisplay

from bot.data_classes import wired
from bot.domain.audit.log_channel import LogButton, LogCard, LogTone
from bot.ui.cards.job_card import BLUE, GREEN, ORANGE, RED
from bot.ui.cards.languages import ServerLanguages
from bot.ui.interactions.buttons import VERSION
from bot.ui.publish.own_messages import post_view
from bot.ui.screens.budget import TextBudget
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import plain_text

COLOURS = {LogTone.PLAIN: BLUE, LogTone.GOOD: GREEN, LogTone.WARNING: ORANGE, LogTone.BAD: RED}


class LogMessage(LayoutView):
    """The content of a card. Pure."""

    def __init__(self, card: LogCard) -> None:
        super().__init__(timeout=None)
        text = TextDisplay[LogMessage](TextBudget(1).text(lines(card.title, card.body)))
        shown: Container[LogMessage] = Container(text, accent_colour=COLOURS[card.tone])
        if card.buttons:
            shown.add_item(ActionRow(*map(_button, card.buttons)))
        self.add_item(shown)


def _button(button: LogButton) -> Button[LogMessage]:
    return Button(
        label=plain_text(button.label),
        custom_id=f"{VERSION}:{button.verb}:{button.about}",
        style=ButtonStyle.danger if button.danger else ButtonStyle.secondary,
    )


@wired
class DiscordLogChannel:
    """The LogChannel."""

    client: discord.Client
    languages: ServerLanguages

    async def post(self, channel_id: int, card: LogCard, *, nonce: str) -> None:
        async with self.languages.reading_at(channel_id):
            view = LogMessage(card)
        await post_view(self.client, channel_id, view, nonce=nonce)
