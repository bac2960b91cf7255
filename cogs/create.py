"""/create, /remix and the menu *Remix this video*; the buttons and forms that order a video."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.actions import Act
from bot.domain.access.limits import OrderLimits
from bot.domain.access.members import Member
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.job import Job
from bot.domain.models.card import LONGEST_PROMPT
from bot.domain.video import Aim
from bot.interaction_registry import InteractionRegistry
from bot.jobs.ordering.remix_offers import RemixRequest
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.create import CreateVideo
from bot.jobs.use_cases.quotes.facts import OrderFacts
from bot.ui.dialogs.alternatives import OrderDialogs
from bot.ui.dialogs.create_form import EDIT, CreateForms
from bot.ui.dialogs.drafts import CREATE
from bot.ui.dialogs.forms import Upload, files_in, text_in
from bot.ui.dialogs.quoting.options_form import MORE, SOUND_CHOICE
from bot.ui.dialogs.quoting.prompt_forms import EditForm
from bot.ui.dialogs.quoting.typed_order import TypedOrder
from bot.ui.dialogs.remix_form import CHANGES, IMAGE, REWRITES, RemixForms
from bot.ui.interactions.buttons import AgainButton, EditButton, RemixButton
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import check_channel, member_of
from bot.ui.interactions.responses import FOR_ALL, open_form
from bot.ui.interactions.suggestions import ModelSuggestions
from bot.ui.text.phrases.aims import AIMS
from bot.ui.text.phrases.values import label

Choice = app_commands.Choice


class Create(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        create: CreateVideo,
        facts: OrderFacts,
        authorization: Authorization,
        browse: BrowseVideos,
        dialogs: OrderDialogs,
        create_forms: CreateForms,
        suggestions: ModelSuggestions,
        remix_forms: RemixForms,
    ) -> None:
        self._lookup = lookup
        self._create = create
        self._facts = facts
        self._authorization = authorization
        self._browse = browse
        self._dialogs = dialogs
        self._create_forms = create_forms
        self._suggestions = suggestions
        self._remix_forms = remix_forms
        registry.add_menu(locale_str("Remix this video"), self.remix_message)
        registry.add_button(RemixButton, lookup.clicks(self.remix_clicked, watching=True))
        registry.add_button(AgainButton, lookup.clicks(self.again_clicked, watching=True))
        registry.add_button(EditButton, lookup.clicks(self.edit_clicked, watching=True))
        registry.add_form(CREATE, create_forms.sent, create_forms.opened_again)
        registry.add_form(MORE, create_forms.options_sent, create_forms.opened_again)
        self._add_remix_form(registry, CHANGES)
        self._add_remix_form(registry, REWRITES)
        edit_again = lookup.forms(self.edit_opened_again, watching=True)
        registry.add_form(EDIT, lookup.forms(self.edit_sent, watching=True), edit_again)

    @app_commands.command(
        description=locale_str("Make a video from a prompt, and from an image if you like"), extras={FOR_ALL: True}
    )
    @app_commands.describe(
        prompt=locale_str("What the video shows: subject, action, place, light, camera"),
        model=locale_str("Model; the list shows prices"),
        seconds=locale_str("Length in seconds"),
        size=locale_str("Width x height in pixels"),
        image=locale_str("Image to start from: JPEG, PNG, WebP or GIF"),
        private=locale_str("Send it to your direct messages instead of this channel"),
        fit=locale_str("Crop or pad the image to fit"),
        sound=locale_str("With or without sound, if the model lets you choose"),
        end=locale_str("Image to end with, for models that can; needs an image to start from"),
        preset=locale_str("A preset for what you leave out, and for words that are added to your prompt"),
        more=locale_str("Ask for what else the model takes: seed, negative prompt, reference images"),
    )
    async def create(
        self,
        interaction: discord.Interaction[Any],
        *,
        prompt: app_commands.Range[str, 1, LONGEST_PROMPT],
        model: str | None = None,
        seconds: int | None = None,
        size: str | None = None,
        image: discord.Attachment | None = None,
        private: bool = False,
        fit: Literal["crop", "pad"] = "crop",
        sound: bool | None = None,
        end: discord.Attachment | None = None,
        preset: str | None = None,
        more: bool = False,
    ) -> None:
        typed = TypedOrder(
            prompt=prompt,
            model=model or "",
            seconds="" if seconds is None else str(seconds),
            size=size or "",
            private="yes" if private else "",
            fit=fit,
            image=image.url if image else "",
            image_bytes=str(image.size if image else 0),
            preset=preset or "",
            more="yes" if more else "",
            sound=SOUND_CHOICE[sound],
            end=end.url if end else "",
            end_bytes=str(end.size if end else 0),
        )
        member = await member_of(interaction)
        async with self._facts.of(member):
            await self._create_forms.begin(interaction, member, typed)

    @app_commands.command(
        description=locale_str("Make a new video from an earlier one by saying what should change"),
        extras={FOR_ALL: True},
    )
    @app_commands.describe(
        video=locale_str("One of your videos, or the id of any video here, such as K7Q-4FD"),
        prompt=locale_str("What should change, or what happens next. One clear change works best."),
        model=locale_str("Another model"),
        seconds=locale_str("Length in seconds; some remixes keep the original's"),
        how=locale_str("Change the scene (default), or continue from the end"),
        image=locale_str("A new image to start from, instead of the video's"),
    )
    @app_commands.choices(
        how=[Choice(name=locale_str(label.text), value=aim.value) for aim, (label, _) in AIMS.items()]
    )
    async def remix(
        self,
        interaction: discord.Interaction[Any],
        *,
        video: str,
        prompt: app_commands.Range[str, 1, LONGEST_PROMPT],
        model: str | None = None,
        seconds: int | None = None,
        how: str = Aim.CHANGE.value,
        image: discord.Attachment | None = None,
    ) -> None:
        member = await member_of(interaction)
        check_channel(interaction)
        source = await self._browse.named(member, video)
        wanted = RemixRequest(prompt=prompt, model=model, seconds=seconds, aim=Aim(how), exactly=True)
        self._remix_forms.carry_typed(interaction, source, wanted)
        if image is not None:
            given = Upload(url=image.url, bytes=image.size)
            wanted = await self._remix_forms.with_image(interaction, member, wanted, given, private=source.private)
        await self._dialogs.order(interaction, member, await self._create.quote_remix(member, source.id, wanted))

    # Suggestions while typing

    @create.autocomplete("model")
    async def suggest_models(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        limits = await self._limits(interaction)
        return await self._suggestions.models(typed, limits, seconds=_given(interaction, "seconds"))

    @remix.autocomplete("model")
    async def suggest_remix_models(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        """Models that can remix the video, with the price; all models until the video is known."""
        member, aim = await member_of(interaction), Aim(_given(interaction, "how") or Aim.CHANGE)
        limits = await self._authorization.limits(member)
        cards = self._suggestions.cards(typed, limits)
        try:
            source = await self._browse.named(member, _given(interaction, "video") or "")
        except (NotFound, NotAllowed):
            return await self._suggestions.without_prices(cards)
        return await self._suggestions.remixes(cards, await self._create.remix_options(source, cards, aim, limits))

    @remix.autocomplete("seconds")
    async def suggest_remix_lengths(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        member, aim = await member_of(interaction), Aim(_given(interaction, "how") or Aim.CHANGE)
        try:
            source = await self._browse.named(member, _given(interaction, "video") or "")
        except (NotFound, NotAllowed):
            return []
        limits, model = await self._authorization.limits(member), _given(interaction, "model")
        return self._suggestions.remix_lengths(typed, await self._create.remix_lengths(source, model, aim, limits))

    @create.autocomplete("seconds")
    async def suggest_seconds(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        limits, model, size = await self._limits(interaction), _given(interaction, "model"), _given(interaction, "size")
        return self._suggestions.seconds(typed, limits, model=model, size=size)

    @create.autocomplete("size")
    async def suggest_sizes(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        model, seconds = _given(interaction, "model"), _given(interaction, "seconds")
        return self._suggestions.sizes(typed, await self._limits(interaction), model=model, seconds=seconds)

    @create.autocomplete("preset")
    async def suggest_presets(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        return await self._create_forms.suggested_presets(await member_of(interaction), typed)

    async def _limits(self, interaction: discord.Interaction[Any]) -> OrderLimits:
        return await self._authorization.limits(await member_of(interaction))

    @remix.autocomplete("video")
    async def suggest_videos(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        member = await member_of(interaction)
        return [Choice(name=label(job), value=job.id) for job in await self._browse.remixable(member, typed)]

    # Buttons and forms

    async def remix_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_channel(interaction)
        await self._remix_forms.open(interaction, job, member)

    def _add_remix_form(self, registry: InteractionRegistry, verb: str) -> None:
        prefilled = verb == REWRITES

        async def sent(
            interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
        ) -> None:
            check_channel(interaction)
            entered = await self._remix_forms.sent(member, fields, prefilled=prefilled)
            for given in files_in(interaction, IMAGE):
                entered = await self._remix_forms.with_image(interaction, member, entered, given, private=job.private)
            quote = await self._create.quote_remix(member, job.id, entered)
            await self._dialogs.order(interaction, member, quote)

        async def opened(
            interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
        ) -> None:
            check_channel(interaction)
            await self._remix_forms.open(interaction, job, member, written=fields, prefilled=prefilled)

        forms = self._lookup.forms
        registry.add_form(verb, forms(sent, watching=True), forms(opened, watching=True))

    async def again_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_channel(interaction)
        self._create_forms.carry_prompt(interaction, job)
        await self._dialogs.order(interaction, member, await self._create.quote_again(member, job.id))

    async def edit_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_channel(interaction)
        await self._authorization.authorize(member, Act.MAKE)
        await open_form(interaction, EditForm(job))

    async def edit_opened_again(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        check_channel(interaction)
        await self._authorization.authorize(member, Act.MAKE)
        await open_form(interaction, EditForm(job, text_in(fields)))

    async def edit_sent(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        check_channel(interaction)
        await self._dialogs.order(interaction, member, await self._create.quote_again(member, job.id, text_in(fields)))

    async def remix_message(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """The message menu: the same as the Remix button, on any message that shows a video of ours."""
        job, member = await self._lookup.on_message(interaction, message)
        await self.remix_clicked(interaction, job, member)


def _given(interaction: discord.Interaction[Any], option: str) -> Any:
    """The current input for another option; None if there is none."""
    return getattr(interaction.namespace, option, None)
