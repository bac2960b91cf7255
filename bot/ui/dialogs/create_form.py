"""What was typed after /create: ordered or, if that is refused, kept as a form with everything in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import discord
from discord.app_commands import Choice
from discord.ui import Label, Select, TextInput

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.models.card import LONGEST_PROMPT, check_prompt
from bot.domain.studio.named import suggestion
from bot.domain.studio.permutations import prompts_of
from bot.domain.studio.presets import Preset, styled
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.create import CreateVideo
from bot.jobs.use_cases.studio.stills import StillAddress
from bot.ui.dialogs.alternatives import OrderDialogs
from bot.ui.dialogs.drafts import CREATE, MODEL, SECONDS, SIZE, Draft, Drafts, UnsentForm
from bot.ui.dialogs.forms import LONGEST_SECONDS, LONGEST_SIZE, PROMPT, Form, Upload, files_in, labelled, text_in
from bot.ui.dialogs.presets.step import PresetStep
from bot.ui.dialogs.quoting.options_form import END, REFERENCES, START, OptionsForm, prompt_hint
from bot.ui.dialogs.quoting.typed_order import TYPED, TypedOrder, draft_for
from bot.ui.dialogs.stills import StillPictures
from bot.ui.dialogs.studio.batches import BatchDialogs
from bot.ui.interactions.attachments import AttachedPictures
from bot.ui.interactions.error_handler import carry
from bot.ui.interactions.members import check_channel, member_of
from bot.ui.interactions.responses import begun, in_time, open_form
from bot.ui.interactions.suggestions import ModelSuggestions, suggested_presets
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_HINT
from bot.ui.text.phrases import errors, forms
from bot.ui.text.render import plain_text

EDIT = "edit"  # the verb of the form for another prompt


class CreateForm(Form):
    """`mark`: of the draft with the options that are not fields. `models`: names with prices, by id."""

    def __init__(self, mark: str, typed: TypedOrder, models: Sequence[Choice[Any]]) -> None:
        super().__init__(CREATE, mark, forms.CREATE)
        style = discord.TextStyle.paragraph
        text: TextInput[Any] = TextInput(
            style=style, default=typed.prompt or None, max_length=LONGEST_PROMPT, custom_id=PROMPT
        )
        description = cut(plain_text(prompt_hint(typed.style)), LONGEST_HINT)
        self.add_item(Label(text=plain_text(forms.PROMPT), description=description, component=text))
        if models:
            options = [
                discord.SelectOption(label=each.name, value=each.value, default=each.value == typed.model)
                for each in models
            ]
            select: Select[Any] = Select(custom_id=MODEL, options=options, required=False, min_values=0)
            self.add_item(labelled(forms.MODEL, select))
        for label, id_, value, most in (
            (forms.SECONDS, SECONDS, typed.seconds, LONGEST_SECONDS),
            (forms.SIZE, SIZE, typed.size, LONGEST_SIZE),
        ):
            entry: TextInput[Any] = TextInput(
                default=value[:most] or None, max_length=most, custom_id=id_, required=False
            )
            self.add_item(labelled(label, entry))


@wired
class CreateForms:
    """Orders what was typed, and reopens it as a form."""

    create: CreateVideo
    authorization: Authorization
    dialogs: OrderDialogs
    batches: BatchDialogs
    pictures: AttachedPictures
    suggestions: ModelSuggestions
    drafts: Drafts
    stills: StillPictures
    presets: PresetStep

    async def order(
        self, interaction: discord.Interaction[Any], member: Member, typed: TypedOrder, *, ask: bool = False
    ) -> None:
        """Any refusal gives the input back. `ask`: confirm before it is placed, whatever it costs."""
        if typed.preset:  # refused before the preset was filled in
            await self.presets.with_preset(interaction, member, typed, partial(self.order, ask=ask))
            return
        carry(interaction, UnsentForm(drafts=self.drafts, draft=draft_for(member, typed)))
        check_channel(interaction)
        typed.without_files()  # an invalid number is reported before anything is fetched
        check_prompt(typed.prompt)  # a style alone is no prompt
        prompts = [styled(typed.style, each) for each in prompts_of(typed.prompt)]
        first = Upload(url=typed.image, bytes=int(typed.image_bytes))
        image = await self._image(interaction, member, typed, first) if typed.image else None
        inputs = [await self._image(interaction, member, typed, each) for each in typed.inputs()]
        wanted = typed.wanted(image, inputs)
        if len(prompts) > 1:
            await self.batches.ask_prompts(interaction, member, wanted, prompts)
            return
        quote = await self.create.quote_new(member, replace(wanted, prompt=prompts[0]))
        await self.dialogs.order(interaction, member, quote, ask=ask)

    async def begin(self, interaction: discord.Interaction[Any], member: Member, typed: TypedOrder) -> None:
        """Orders what was typed as a command, or first asks for the model's other options."""
        check_channel(interaction)
        await self.presets.with_preset(interaction, member, typed, self._go_on)

    async def begin_with_preset(self, interaction: discord.Interaction[Any], member: Member, preset: Preset) -> None:
        """The form, filled in from the preset."""

        async def open_filled(pressed: discord.Interaction[Any], _: Member, typed: TypedOrder) -> None:
            await self.opened_again(pressed, TYPED, typed.as_fields())

        check_channel(interaction)
        typed = TypedOrder(prompt="", preset=suggestion(preset))
        await self.presets.with_preset(interaction, member, typed, open_filled)

    async def _go_on(self, interaction: discord.Interaction[Any], member: Member, typed: TypedOrder) -> None:
        if typed.more:
            await self._open_options(interaction, member, typed)
        else:
            await self.order(interaction, member, typed)

    async def suggested_presets(self, member: Member, typed: str) -> list[Choice[Any]]:
        return suggested_presets(await self.presets.listed(member), typed, self.suggestions.catalogue)

    def carry_prompt(self, interaction: discord.Interaction[Any], job: Job) -> None:
        """For an order that is repeated: its prompt can be edited in the confirmation."""
        draft = Draft(member_id=interaction.user.id, verb=EDIT, about=job.id, fields={PROMPT: job.request.prompt})
        carry(interaction, UnsentForm(drafts=self.drafts, draft=draft))

    async def _image(
        self, interaction: discord.Interaction[Any], member: Member, typed: TypedOrder, given: Upload
    ) -> bytes:
        private = bool(typed.private)
        if (still := StillAddress.read(given.url)) is not None:
            return await self.stills.read(interaction, still, private=private)
        return await self.pictures.read(interaction, member, given.url, given.bytes, private=private)

    async def options_sent(self, interaction: discord.Interaction[Any], mark: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        text_in(fields)
        typed = await self._typed(member, mark, fields)
        files = {field: files_in(interaction, field) for field in (START, END, REFERENCES)}
        await self.order(interaction, member, typed.with_files(files))

    async def _open_options(self, interaction: discord.Interaction[Any], member: Member, typed: TypedOrder) -> None:
        """Raises BadRequest for a model without other options."""
        card = await self.create.chosen(member, replace(typed, seed="").without_files())
        if not card.abilities:
            raise BadRequest(errors.no_options(card.label))
        mark = await self.drafts.keep(draft_for(member, typed))
        await open_form(interaction, OptionsForm(mark, card, typed.as_fields()))

    async def sent(self, interaction: discord.Interaction[Any], mark: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        text_in(fields)
        await self.order(interaction, member, await self._typed(member, mark, fields))

    async def opened_again(self, interaction: discord.Interaction[Any], about: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        check_channel(interaction)
        typed = await self._opened(member, about, fields)
        if typed.more:
            await self._open_options(interaction, member, typed)
            return
        limits = await self.authorization.authorize(member, Act.MAKE)
        models = begun(self.suggestions.models("", limits, seconds=typed.seconds, chosen=typed.model))
        mark = await self.drafts.keep(draft_for(member, typed))
        await open_form(interaction, CreateForm(mark, typed, await in_time(interaction, models, otherwise=[])))

    async def drafted(self, member: Member, mark: str) -> TypedOrder:
        """The draft with this mark. Raises BadRequest if it has been forgotten, or is somebody else's."""
        draft = await self.drafts.of(member.id, mark)
        return await self._opened(member, draft.about, draft.fields)

    async def _opened(self, member: Member, about: str, fields: Mapping[str, str]) -> TypedOrder:
        """From a command, or from a form opened by one."""
        return TypedOrder(**fields) if about == TYPED else await self._typed(member, about, fields)

    async def _typed(self, member: Member, mark: str, fields: Mapping[str, str]) -> TypedOrder:
        draft = await self.drafts.of(member.id, mark)
        return TypedOrder(**draft.fields).with_fields(fields)
