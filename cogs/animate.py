"""The menu *Animate this image*: a form for the prompt, then the same as /create with that picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.actions import Act
from bot.domain.access.limits import OrderLimits
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.ports.records import Records
from bot.interaction_registry import InteractionRegistry
from bot.jobs.ordering.quoting import OrderRequest, Quote
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.create import CreateVideo
from bot.ui.dialogs.alternatives import OrderDialogs
from bot.ui.dialogs.forms import text_in
from bot.ui.dialogs.quoting.prompt_forms import AnimateForm, picture_in
from bot.ui.interactions.attachments import AttachedPictures
from bot.ui.interactions.members import check_channel, member_of
from bot.ui.interactions.picture_choices import Offered, pictures_of, recall, remember
from bot.ui.interactions.responses import begun, in_time, open_form
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_HINT
from bot.ui.text.phrases import dialogs, errors
from bot.ui.text.render import plain_text

LONGEST_NAME = 80  # characters of a choice


class Animate(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        *,
        create: CreateVideo,
        authorization: Authorization,
        dialogs: OrderDialogs,
        pictures: AttachedPictures,
        records: Records,
    ) -> None:
        self._create = create
        self._authorization = authorization
        self._dialogs = dialogs
        self._pictures = pictures
        self._records = records
        registry.add_menu(locale_str("Animate this image"), self.animate_message)
        registry.add_form("animate", self.animate_sent, self.animate_opened_again)

    async def animate_message(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Checks everything that can be checked before the form opens."""
        member = await member_of(interaction)
        check_channel(interaction)
        limits = await self._authorization.authorize(member, Act.MAKE)
        me = interaction.client.user
        if me is not None and message.author.id == me.id:
            raise BadRequest(errors.OWN_VIDEO)
        await self._open(interaction, member, pictures_of(message, self._pictures.hosts), limits)

    async def animate_opened_again(
        self, interaction: discord.Interaction[Any], mark: str, fields: Mapping[str, str]
    ) -> None:
        member = await member_of(interaction)
        check_channel(interaction)
        limits = await self._authorization.authorize(member, Act.MAKE)
        await self._open(interaction, member, await recall(self._records, member.id, mark), limits, fields)

    async def _open(
        self,
        interaction: discord.Interaction[Any],
        member: Member,
        pictures: Sequence[Offered],
        limits: OrderLimits,
        written: Mapping[str, str] | None = None,
    ) -> None:
        offers = [self._create.animation(picture.shape, limits) for picture in pictures]
        room = begun(self._create.check_room(member, *(offer.price for offer in offers)))
        await in_time(interaction, room, otherwise=None)
        named = [
            (cut(picture.name, LONGEST_NAME), _told(offer)) for picture, offer in zip(pictures, offers, strict=True)
        ]
        form = AnimateForm(named, written)
        await remember(self._records, member.id, form.mark, pictures)
        await open_form(interaction, form)

    async def animate_sent(self, interaction: discord.Interaction[Any], mark: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        check_channel(interaction)
        pictures = await recall(self._records, member.id, mark)
        picture = picture_in(fields, pictures)
        limits = await self._authorization.authorize(member, Act.MAKE)
        offered = self._create.animation(picture.shape, limits).request
        image = await self._pictures.read(interaction, member, picture.url, picture.bytes, private=False)
        wanted = OrderRequest(
            prompt=text_in(fields),
            model=offered.model,
            seconds=offered.seconds,
            size=str(offered.size),
            image=image,
        )
        await self._dialogs.order(interaction, member, await self._create.quote_new(member, wanted))


def _told(offer: Quote) -> str:
    """Describes the video that would be made from the picture."""
    return cut(plain_text(dialogs.animation(offer)), LONGEST_HINT)
