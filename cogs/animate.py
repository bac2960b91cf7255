"""The menu *Animate this image*: a video that starts from a picture somebody has posted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import VideoBot
from bot.domain.errors import BadRequest
from bot.domain.models import ModelCard
from bot.jobs.orders import Wish
from bot.ui.answering import open_form
from bot.ui.attachments import check_attachment
from bot.ui.failover import order
from bot.ui.forms import PROMPT, AnimateForm
from bot.ui.ordering import picture_of
from bot.ui.people import check_channel, member_of

MOST_OPEN = 500  # forms whose picture is remembered

NO_PICTURE = "That message has no picture that I could start from. Use this on one with a JPEG, PNG or WebP."
NO_MODEL = "No model here can start from a picture. `/models` shows what each can do. Nothing was spent."
FORGOTTEN = (
    "I do not know any more which picture that was, because I was restarted since. "
    "Use the menu of the message once more. Nothing was spent."
)


class Animate(commands.Cog):
    """What a message holds is told to a bot with its menu only, so the picture is remembered while the form is open."""

    def __init__(self, bot: VideoBot) -> None:
        self.bot = bot
        self._pictures: dict[str, discord.Attachment] = {}  # by the ticket in the form's id, oldest first
        bot.free_forms |= {"animate": self.animate_sent}

    async def animate_message(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """The message menu: asks for the words."""
        member = await member_of(interaction)
        check_channel(interaction)
        await self.bot.jobs.check_access(member)
        picture = next((file for file in message.attachments if _is_picture(file)), None)
        if picture is None:
            raise BadRequest(NO_PICTURE)
        check_attachment(picture.url, picture.size, self.bot.media_hosts)
        card = self._card()
        await open_form(interaction, AnimateForm(self._remember(picture), card))

    async def animate_sent(self, interaction: discord.Interaction[Any], ticket: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        check_channel(interaction)
        picture = self._pictures.pop(ticket, None)
        if picture is None:
            raise BadRequest(FORGOTTEN)
        image = await picture_of(interaction, member, picture, private=False)
        wish = Wish(prompt=fields[PROMPT], model=self._card().id, image=image)
        await order(interaction, member, await self.bot.jobs.quote_new(member, wish))

    def _card(self) -> ModelCard:
        """The usual model where that can start from a picture, else the first that can."""
        catalogue = self.bot.jobs.catalogue
        able = [card for card in (catalogue.default, *catalogue.cards.values()) if card.takes_picture]
        if not able:
            raise BadRequest(NO_MODEL)
        return able[0]

    def _remember(self, picture: discord.Attachment) -> str:
        ticket = secrets.token_hex(8)
        self._pictures[ticket] = picture
        while len(self._pictures) > MOST_OPEN:
            self._pictures.pop(next(iter(self._pictures)))
        return ticket


def _is_picture(file: discord.Attachment) -> bool:
    return (file.content_type or "").startswith("image/")


async def setup(bot: VideoBot) -> None:
    cog = Animate(bot)
    await bot.add_cog(cog)
    bot.tree.add_command(app_commands.ContextMenu(name="Animate this image", callback=cog.animate_message))
