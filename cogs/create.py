"""/create, /remix and the menu *Remix this video*; the buttons and forms that order a video."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.client import VideoBot
from bot.domain.access import Member
from bot.domain.errors import BadRequest, NotFound
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.models.card import LONGEST_PROMPT, ModelCard
from bot.domain.pictures import Fit
from bot.domain.video import Aim, Size
from bot.jobs.ordering.quoting import OrderRequest
from bot.ui.dialogs.alternatives import order
from bot.ui.dialogs.forms import AIM, PROMPT, PromptForm
from bot.ui.dialogs.ordering import picture_of
from bot.ui.interactions.buttons import AgainButton, EditButton, RemixButton, job_of
from bot.ui.interactions.members import check_channel, job_and_member, member_of
from bot.ui.interactions.responses import open_form
from bot.ui.text.phrases import errors, models
from bot.ui.text.phrases.forms import AIMS
from bot.ui.text.phrases.values import dotted, label
from bot.ui.text.render import plain_text

Choice = app_commands.Choice
MOST_CHOICES = 25  # Discord shows no more


class Create(commands.Cog):
    def __init__(self, bot: VideoBot) -> None:
        self.bot = bot
        bot.add_dynamic_items(RemixButton, AgainButton, EditButton)
        bot.clicks |= {"remix": self.remix_clicked, "again": self.again_clicked, "edit": self.edit_clicked}
        bot.forms |= {"remix": self.remix_sent, "edit": self.edit_sent}

    @app_commands.command(description=locale_str("Make a video from words, and from a picture if you like"))
    @app_commands.describe(
        prompt=locale_str("What the video shows: subject, action, place, light, camera"),
        model=locale_str("Which model films it; the list shows what it costs"),
        seconds=locale_str("How long the video is"),
        size=locale_str("Width x height in pixels"),
        image=locale_str("A picture to start from: JPEG, PNG or WebP"),
        private=locale_str("Send it to your direct messages, for your eyes only"),
        fit=locale_str("How the picture is brought to the video's shape: crop (default) or pad"),
    )
    async def create(  # noqa: PLR0917 (a slash command's options)
        self,
        interaction: discord.Interaction[Any],
        prompt: app_commands.Range[str, 1, LONGEST_PROMPT],
        model: str | None = None,
        seconds: int | None = None,
        size: str | None = None,
        image: discord.Attachment | None = None,
        private: bool = False,  # noqa: FBT001, FBT002 (a slash command's option)
        fit: Literal["crop", "pad"] = "crop",
    ) -> None:
        member = await member_of(interaction)
        check_channel(interaction)
        picture = await picture_of(interaction, member, image.url, image.size, private=private) if image else None
        wish = OrderRequest(
            prompt=prompt, model=model, seconds=seconds, size=size, image=picture, fit=Fit(fit), private=private
        )
        await order(interaction, member, await self.bot.jobs.quote_new(member, wish))

    @app_commands.command(description=locale_str("Make a new video from one of yours by saying what should change"))
    @app_commands.describe(
        video=locale_str("One of your videos, or the id of any video here, such as K7Q-4FD"),
        prompt=locale_str("What should change, or what happens next; one clear change works best"),
        model=locale_str("Another model than the one that filmed it"),
        how=locale_str("The same scene, changed (the usual), or what happens after its end"),
    )
    @app_commands.choices(
        how=[Choice(name=locale_str(label.text), value=aim.value) for aim, (label, _) in AIMS.items()]
    )
    async def remix(
        self,
        interaction: discord.Interaction[Any],
        video: str,
        prompt: app_commands.Range[str, 1, LONGEST_PROMPT],
        model: str | None = None,
        how: str = Aim.CHANGE.value,
    ) -> None:
        member = await member_of(interaction)
        check_channel(interaction)
        source = await self.bot.jobs.named(member, video)
        quote = await self.bot.jobs.quote_remix(member, source.id, prompt, model, Aim(how))
        await order(interaction, member, quote)

    # Suggestions while typing

    @create.autocomplete("model")
    async def suggest_models(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        seconds = getattr(interaction.namespace, "seconds", None)
        return await self._choices(
            [(card, models.priced(card, _offered(card, seconds))) for card in self._cards(typed)]
        )

    @remix.autocomplete("model")
    async def suggest_remix_models(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        """Those that can remix the video, with what that costs; all of them while it is not known which video."""
        cards, given = self._cards(typed), interaction.namespace
        aim = Aim(getattr(given, "how", None) or Aim.CHANGE)
        try:
            member = await member_of(interaction)
            remix_options = await self.bot.jobs.remix_options(member, getattr(given, "video", None) or "", cards, aim)
        except NotFound:
            return await self._choices([(card, models.suggested(card)) for card in cards])
        made = [(card, remix_options[card.id]) for card in cards if card.id in remix_options]
        return await self._choices([(card, models.remix_offer(card, option)) for card, option in made])

    def _cards(self, typed: str) -> list[ModelCard]:
        cards = self.bot.jobs.catalogue.cards.values()
        return [card for card in cards if typed.lower() in f"{card.id} {card.label}".lower()]

    async def _choices(self, named: Iterable[tuple[ModelCard, Message]]) -> list[Choice[Any]]:
        """As many as Discord shows, each with a word on how the model does."""
        health = self.bot.jobs.health
        ailing = await health.ailing_lately()
        return [
            Choice(
                name=plain_text(dotted(name, models.state_in_short(ailing.get(card.id), health.ends(card))))[:100],
                value=card.id,
            )
            for card, name in islice(named, MOST_CHOICES)
        ]

    @create.autocomplete("seconds")
    async def suggest_seconds(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        card = self._typed_card(interaction)
        size = _typed_size(interaction, card)
        offered = [s for s in card.seconds if str(s).startswith(str(typed))] or list(card.seconds)
        return [Choice(name=plain_text(models.length_offer(card, s, size)), value=s) for s in offered[:MOST_CHOICES]]

    @create.autocomplete("size")
    async def suggest_sizes(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        card = self._typed_card(interaction)
        seconds = getattr(interaction.namespace, "seconds", None) or card.seconds[0]
        offered = [size for size in card.sizes if typed in str(size)]
        return [
            Choice(name=plain_text(models.size_offer(card, seconds, size)), value=str(size))
            for size in offered[:MOST_CHOICES]
        ]

    @remix.autocomplete("video")
    async def suggest_videos(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        member = await member_of(interaction)
        return [Choice(name=label(job), value=job.id) for job in await self.bot.jobs.remixable(member, typed)]

    def _typed_card(self, interaction: discord.Interaction[Any]) -> ModelCard:
        catalogue = self.bot.jobs.catalogue
        return catalogue.cards.get(getattr(interaction.namespace, "model", None) or "", catalogue.default)

    # Buttons and forms

    async def remix_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_channel(interaction)
        await self.bot.jobs.check_access(member)
        await open_form(interaction, PromptForm.to_remix(job))

    async def remix_sent(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        check_channel(interaction)
        aim = Aim(fields.get(AIM) or Aim.CHANGE)  # a form opened before an update has no such choice
        await order(interaction, member, await self.bot.jobs.quote_remix(member, job.id, fields[PROMPT], aim=aim))

    async def again_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_channel(interaction)
        await order(interaction, member, await self.bot.jobs.quote_again(member, job.id))

    async def edit_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_channel(interaction)
        await self.bot.jobs.check_access(member)
        await open_form(interaction, PromptForm.to_edit(job))

    async def edit_sent(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        check_channel(interaction)
        await order(interaction, member, await self.bot.jobs.quote_again(member, job.id, fields[PROMPT]))

    async def remix_message(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """The message menu: the same as the Remix button, on any message that shows a video of ours."""
        job_id = job_of(message)
        if job_id is None:
            raise BadRequest(errors.NO_VIDEO_OF_MINE)
        job, member = await job_and_member(interaction, job_id)
        await self.remix_clicked(interaction, job, member)


def _offered(card: ModelCard, seconds: int | None) -> int:
    return seconds if seconds is not None and seconds in card.seconds else card.seconds[0]


def _typed_size(interaction: discord.Interaction[Any], card: ModelCard) -> Size:
    typed = getattr(interaction.namespace, "size", None)
    return next((size for size in card.sizes if str(size) == typed), card.sizes[0])


async def setup(bot: VideoBot) -> None:
    cog = Create(bot)
    await bot.add_cog(cog)
    bot.tree.add_command(app_commands.ContextMenu(name=locale_str("Remix this video"), callback=cog.remix_message))
