"""From a checked order to its card: ask when it is dear, queue it, answer with the card, remember where that is."""

from __future__ import annotations

import contextlib
from typing import Any

import discord
from discord.ui import ActionRow, Button, LayoutView, TextDisplay

from bot.domain.access import Member
from bot.domain.errors import BadRequest
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.jobs.ordering.quoting import Quote
from bot.jobs.use_cases.service import Destination
from bot.ui.cards.rendering import draw
from bot.ui.interactions.attachments import check_attachment, fetch
from bot.ui.interactions.error_handler import report
from bot.ui.interactions.members import client_of, upload_limit
from bot.ui.interactions.responses import reply, think, update
from bot.ui.publish.routes import remember_parent
from bot.ui.text.phrases import dialogs, errors
from bot.ui.text.render import plain_text, render

ASK_FOR = 600.0  # seconds a price question stays open; the interaction's own token lives for 900


async def picture_of(
    interaction: discord.Interaction[Any], member: Member, url: str, size: int, *, private: bool
) -> bytes:
    """The bytes of a picture to start from, brought by who may make videos. `size` in bytes, as it was told."""
    client = client_of(interaction)
    await client.jobs.check_access(member)
    check_attachment(url, size, client.media_hosts)
    await think(interaction, ephemeral=private)  # fitting it may take longer than 3 s
    return await fetch(url)


async def order(interaction: discord.Interaction[Any], member: Member, quote: Quote) -> None:
    """Place a checked order, or ask first when it costs as much as the host wants to be asked about."""
    if client_of(interaction).jobs.needs_a_yes(quote):
        await ask(interaction, PriceQuestion(member, quote))
    else:
        await place(interaction, member, quote)


async def place(
    interaction: discord.Interaction[Any], member: Member, quote: Quote, *, instead_of: JobId | None = None
) -> Job:
    """Queue the order and show its card. Discord has our answer before anything is stored.

    `instead_of` is a job that still waits, and is cancelled with it, or that is at rest.
    """
    aside = quote.private and interaction.guild_id is not None
    await think(interaction, ephemeral=aside)
    if aside:
        return await _place_privately(interaction, member, quote, instead_of)
    client = client_of(interaction)
    await remember_parent(client, interaction)
    spot = _spot(interaction, interaction.channel_id)
    job = await client.jobs.place(member, quote, spot, instead_of=instead_of)
    card = await draw(client, job)
    message = await reply(interaction, ephemeral=False, **card.as_message())
    await client.messages.remember_card(job.id, PostedMessage(channel_id=job.channel_id, message_id=message.id))
    return job


async def _place_privately(
    interaction: discord.Interaction[Any], member: Member, quote: Quote, instead_of: JobId | None
) -> Job:
    """Card and result go to the member's direct messages; whether these are open is tried out first."""
    client = client_of(interaction)
    channel = await client.create_dm(interaction.user)
    message = await _knock(channel)
    job = await client.jobs.place(member, quote, _spot(interaction, channel.id), instead_of=instead_of)
    card = await draw(client, job)
    await client.messages.remember_card(job.id, PostedMessage(channel_id=channel.id, message_id=message.id))
    await message.edit(**card.as_edit())
    said = LayoutView(timeout=None).add_item(
        TextDisplay(render(dialogs.goes_to_direct_messages(job, message.jump_url)))
    )
    await reply(interaction, view=said)
    return job


async def _knock(channel: discord.DMChannel) -> discord.Message:
    waiting = LayoutView(timeout=None).add_item(TextDisplay(render(dialogs.BEING_QUEUED)))
    try:
        return await channel.send(view=waiting)
    except discord.Forbidden:
        raise BadRequest(dialogs.NO_DIRECT_MESSAGES) from None


def _spot(interaction: discord.Interaction[Any], channel_id: int | None) -> Destination:
    if channel_id is None:
        raise BadRequest(errors.CHANNEL_ONLY)
    return Destination(channel_id=channel_id, upload_limit=upload_limit(interaction), interaction_id=interaction.id)


class Question(LayoutView):
    """Shown to the asker only. It has no persistent buttons: unanswered, it just ends."""

    def __init__(self) -> None:
        super().__init__(timeout=ASK_FOR)
        self.shown: discord.Message | None = None

    async def disappear(self) -> None:
        self.stop()
        if self.shown is not None:
            with contextlib.suppress(discord.HTTPException):
                await self.shown.delete()


async def ask(interaction: discord.Interaction[Any], question: Question) -> None:
    question.shown = await reply(interaction, view=question)


class PriceQuestion(Question):
    """Shown before a dear order."""

    def __init__(self, member: Member, quote: Quote) -> None:
        super().__init__()
        self.add_item(TextDisplay(render(dialogs.is_it_worth(quote))))
        self.add_item(ActionRow(Yes(self, member, quote), No(self)))


class Yes(Button[Any]):
    def __init__(self, question: Question, member: Member, quote: Quote) -> None:
        super().__init__(label=plain_text(dialogs.make_it(quote)), style=discord.ButtonStyle.success)
        self._question = question
        self._member = member
        self._quote = quote

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        self._question.stop()
        try:
            await place(interaction, self._member, self._quote)
        except Exception as error:  # noqa: BLE001 (one click; everything is told or logged)
            await report(interaction, error)
        await self._question.disappear()


class No(Button[Any]):
    def __init__(self, question: Question) -> None:
        super().__init__(label=plain_text(dialogs.NO), style=discord.ButtonStyle.secondary)
        self._question = question

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        self._question.stop()
        said = LayoutView(timeout=None).add_item(TextDisplay(render(dialogs.NOT_ORDERED)))
        await update(interaction, said)
