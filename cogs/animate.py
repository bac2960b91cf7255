"""The menu *Animate this image*: a form for the words, then the same as /create with that picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.client import VideoBot
from bot.domain.errors import BadRequest
from bot.jobs.ordering.quoting import OrderRequest
from bot.ui.dialogs.alternatives import order
from bot.ui.dialogs.forms import PICTURE, PROMPT, AnimateForm
from bot.ui.dialogs.ordering import picture_of
from bot.ui.interactions.members import check_channel, member_of
from bot.ui.interactions.picture_choices import Offered, pictures_of, recall, remember
from bot.ui.interactions.responses import open_form
from bot.ui.text.formatting import cut
from bot.ui.text.phrases import dialogs, errors
from bot.ui.text.render import plain_text

LONGEST_NAME = 80  # characters of a choice
LONGEST_HINT = 100


class Animate(commands.Cog):
    def __init__(self, bot: VideoBot) -> None:
        self.bot = bot
        bot.free_forms |= {"animate": self.animate_sent}

    async def animate_message(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Everything that can be checked is checked before anybody writes a word."""
        member = await member_of(interaction)
        check_channel(interaction)
        await self.bot.jobs.check_access(member)
        if self.bot.user is not None and message.author.id == self.bot.user.id:
            raise BadRequest(errors.OWN_VIDEO)
        pictures = pictures_of(message, self.bot.media_hosts)
        form = AnimateForm([(cut(picture.name, LONGEST_NAME), self._told(picture)) for picture in pictures])
        await remember(self.bot.records, member.id, form.mark, pictures)
        await open_form(interaction, form)

    def _told(self, picture: Offered) -> str:
        """What its video would be. BadRequest when no model can make one, or nobody knows for how much."""
        return cut(plain_text(dialogs.animation(self.bot.jobs.animation(picture.shape))), LONGEST_HINT)

    async def animate_sent(self, interaction: discord.Interaction[Any], mark: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        check_channel(interaction)
        pictures = await recall(self.bot.records, member.id, mark)
        picture = pictures[int(fields.get(PICTURE) or 0)]
        offered = self.bot.jobs.animation(picture.shape).request
        image = await picture_of(interaction, member, picture.url, picture.bytes, private=False)
        wish = OrderRequest(
            prompt=fields[PROMPT],
            model=offered.model,
            seconds=offered.seconds,
            size=str(offered.size),
            image=image,
        )
        await order(interaction, member, await self.bot.jobs.quote_new(member, wish))


async def setup(bot: VideoBot) -> None:
    cog = Animate(bot)
    await bot.add_cog(cog)
    bot.tree.add_command(app_commands.ContextMenu(name=locale_str("Animate this image"), callback=cog.animate_message))
