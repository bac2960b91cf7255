"""What was typed after /create: ordered, and when that is refused, kept as a form with all of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import discord
from discord.app_commands import Choice
from discord.ui import Label, Modal, Select, TextInput

from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.media import Fit
from bot.domain.models.card import LONGEST_PROMPT, check_prompt
from bot.domain.ports.records import Records
from bot.domain.studio.permutations import prompts_of
from bot.domain.studio.presets import styled
from bot.domain.video import VideoOptions
from bot.jobs.ordering.presets import PresetOrder
from bot.jobs.ordering.quoting import OrderRequest
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.create import CreateVideo
from bot.jobs.use_cases.presets.applying import ApplyPresets
from bot.jobs.use_cases.studio.stills import StillAddress
from bot.ui.dialogs.alternatives import OrderDialogs
from bot.ui.dialogs.drafts import CREATE, MODEL, SECONDS, SIZE, Draft, UnsentForm, draft_of, keep
from bot.ui.dialogs.forms import OPEN_FOR, PREFIX, PROMPT, Upload, files_in, text_in
from bot.ui.dialogs.presets.question import PresetQuestion
from bot.ui.dialogs.quoting.options_form import END, NEGATIVE, OFF, ON, REFERENCES, SEED, SOUND, START, OptionsForm
from bot.ui.dialogs.stills import StillPictures
from bot.ui.dialogs.studio.batches import BatchDialogs
from bot.ui.interactions.attachments import AttachedPictures
from bot.ui.interactions.error_handler import carry, kept
from bot.ui.interactions.members import as_now, check_channel, member_of
from bot.ui.interactions.responses import begun, in_time, open_form
from bot.ui.interactions.suggestions import ModelSuggestions, suggested_presets
from bot.ui.text.formatting import cut
from bot.ui.text.phrases import errors, forms
from bot.ui.text.phrases.studio import presets
from bot.ui.text.render import plain_text

EDIT = "edit"  # the verb of the form for another prompt
TYPED = "typed"  # what the form is about when it was a command
OPTIONS = {"more", "sound", "seed", "negative", "end", "end_bytes", "references", "references_bytes"}
OPTIONS |= {"preset", "style"}
LONGEST_NUMBER, LONGEST_SIZE, LONGEST_HINT = 5, 11, 100  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedOrder:
    """The options of /create, as text; an empty one was left out. `image` is an address at Discord."""

    prompt: str
    model: str = ""
    seconds: str = ""
    size: str = ""
    private: str = ""
    fit: str = Fit.CROP.value
    image: str = ""
    image_bytes: str = "0"
    more: str = ""  # whether the form has the model's other options
    sound: str = ""
    seed: str = ""
    negative: str = ""
    end: str = ""  # an address at Discord, and of the reference pictures several with spaces between
    end_bytes: str = "0"
    references: str = ""
    references_bytes: str = ""
    preset: str = ""  # its name, or as it was suggested
    style: str = ""  # words around the prompt, of the preset

    def as_fields(self) -> Mapping[str, str]:
        """Versions without options know a draft of an order without any."""
        later = {name for name in OPTIONS if getattr(self, name) in {"", "0"}}
        return {name: value for name, value in asdict(self).items() if name not in later}

    def with_fields(self, fields: Mapping[str, str]) -> TypedOrder:
        """With what was entered in the form; a field that was emptied is left to the model."""
        names = (PROMPT, MODEL, SECONDS, SIZE, SEED, NEGATIVE, SOUND)
        return replace(self, **{name: fields[name].strip() for name in names if name in fields})

    def with_files(self, files: Mapping[str, Sequence[Upload]]) -> TypedOrder:
        """With what was given in the form, by fields; a field without any leaves what was given before."""
        given = {field: " ".join(each.url for each in several) for field, several in files.items() if several}
        sizes = {f"{field}_bytes": " ".join(str(each.bytes) for each in files[field]) for field in given}
        return replace(self, **given, **sizes)

    def inputs(self) -> Sequence[Upload]:
        """The pictures beside the one to start from, that to end with first."""
        urls, sizes = self.references.split(), self.references_bytes.split()
        end = [Upload(url=self.end, bytes=int(self.end_bytes))] if self.end else []
        return end + [Upload(url=url, bytes=int(size)) for url, size in zip(urls, sizes, strict=True)]

    def options(self, pictures: Sequence[bytes]) -> VideoOptions[bytes]:
        """With the `inputs` as they are. BadRequest for a seed that is no number."""
        seed = self.seed.lstrip("+")
        if seed and not (seed.isascii() and seed.isdigit()):
            raise BadRequest(errors.no_seed(self.seed))
        return VideoOptions(
            sound={ON: True, OFF: False}.get(self.sound),
            seed=int(seed) if seed else None,
            negative_prompt=self.negative,
            end=pictures[0] if self.end else None,
            references=tuple(pictures[1:] if self.end else pictures),
        )

    def with_preset(self, made: PresetOrder) -> TypedOrder:
        """What was left open is filled in, so that a form shows it."""
        order, kept = made.order, made.order.options
        return replace(
            self,
            model=order.model or "",
            seconds="" if order.seconds is None else str(order.seconds),
            size=order.size or "",
            sound="" if kept.sound is None else ON if kept.sound else OFF,
            seed="" if kept.seed is None else str(kept.seed),
            negative=kept.negative_prompt,
            preset=made.preset.name,
            style=made.preset.style,
        )

    def wanted(self, image: bytes | None, inputs: Sequence[bytes] = ()) -> OrderRequest:
        """BadRequest for a length or a seed that is no number."""
        if self.seconds and not (self.seconds.isascii() and self.seconds.isdigit()):
            raise BadRequest(errors.no_length(self.seconds))
        return OrderRequest(
            options=self.options(inputs),
            prompt=styled(self.style, self.prompt),
            model=self.model or None,
            seconds=int(self.seconds) if self.seconds else None,
            size=self.size or None,
            image=image,
            fit=Fit(self.fit),
            private=bool(self.private),
        )


class CreateForm(Modal):
    """`mark`: of the draft that has the options that are no fields. `models`: names with prices, by their ids."""

    def __init__(self, mark: str, typed: TypedOrder, models: Sequence[Choice[Any]]) -> None:
        custom_id = f"{PREFIX}{CREATE}:{mark}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(forms.CREATE), custom_id=custom_id, timeout=OPEN_FOR)
        style = discord.TextStyle.paragraph
        text: TextInput[Any] = TextInput(
            style=style, default=typed.prompt or None, max_length=LONGEST_PROMPT, custom_id=PROMPT
        )
        hint = presets.adds(typed.preset, typed.style) if typed.style else forms.NOTHING_SPENT
        description = cut(plain_text(hint), LONGEST_HINT)
        self.add_item(Label(text=plain_text(forms.PROMPT), description=description, component=text))
        if models:
            options = [
                discord.SelectOption(label=each.name, value=each.value, default=each.value == typed.model)
                for each in models
            ]
            select: Select[Any] = Select(custom_id=MODEL, options=options, required=False, min_values=0)
            self.add_item(Label(text=plain_text(forms.MODEL), component=select))
        for label, id_, value, most in (
            (forms.SECONDS, SECONDS, typed.seconds, LONGEST_NUMBER),
            (forms.SIZE, SIZE, typed.size, LONGEST_SIZE),
        ):
            entry: TextInput[Any] = TextInput(
                default=value[:most] or None, max_length=most, custom_id=id_, required=False
            )
            self.add_item(Label(text=plain_text(label), component=entry))


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateForms:
    """Orders what was typed, and opens it again as a form."""

    create: CreateVideo
    authorization: Authorization
    dialogs: OrderDialogs
    batches: BatchDialogs
    pictures: AttachedPictures
    suggestions: ModelSuggestions
    records: Records
    stills: StillPictures
    presets: ApplyPresets

    async def order(
        self, interaction: discord.Interaction[Any], member: Member, typed: TypedOrder, *, ask: bool = False
    ) -> None:
        """Whatever refuses it gives it back. `ask`: before it is placed, whatever it costs."""
        carry(interaction, UnsentForm(records=self.records, draft=draft_for(member, typed)))
        check_channel(interaction)
        typed.wanted(None, [b""] * len(typed.inputs()))  # what is no number is said before anything is fetched
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
        """What was typed as a command: ordered, or first asked for what else the model takes."""
        check_channel(interaction)
        if typed.preset:
            carry(interaction, UnsentForm(records=self.records, draft=draft_for(member, typed)))
            made = await self.presets.apply(member, typed.wanted(None, [b""] * len(typed.inputs())), typed.preset)
            typed = typed.with_preset(made)
            if made.changes:
                await self._ask_about(interaction, member, typed, made)
                return
        await self._go_on(interaction, member, typed)

    async def _go_on(self, interaction: discord.Interaction[Any], member: Member, typed: TypedOrder) -> None:
        if typed.more:
            await self._open_options(interaction, member, typed)
        else:
            await self.order(interaction, member, typed)

    async def _ask_about(
        self, interaction: discord.Interaction[Any], member: Member, typed: TypedOrder, made: PresetOrder
    ) -> None:
        """What a preset says and cannot be had is told before anything is ordered."""

        async def go_on(pressed: discord.Interaction[Any]) -> None:
            await self._go_on(pressed, await as_now(pressed, member), typed)

        unsent = UnsentForm(records=self.records, draft=draft_for(member, typed))
        carry(interaction, unsent)
        await self.dialogs.quotes.questions.ask(interaction, PresetQuestion(made, go_on, await kept(unsent)))

    async def suggested_presets(self, member: Member, typed: str) -> list[Choice[Any]]:
        return suggested_presets(await self.presets.presets.listed(member), typed)

    def carry_prompt(self, interaction: discord.Interaction[Any], job: Job) -> None:
        """Of an order that is made once more: it can be edited where it is asked about."""
        draft = Draft(member_id=interaction.user.id, verb=EDIT, about=job.id, fields={PROMPT: job.request.prompt})
        carry(interaction, UnsentForm(records=self.records, draft=draft))

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
        """BadRequest for a model that has no more options."""
        card = await self.create.chosen(member, replace(typed, seed="").wanted(None, [b""] * len(typed.inputs())))
        if not card.abilities:
            raise BadRequest(errors.no_options(card.label))
        mark = await keep(self.records, draft_for(member, typed))
        await open_form(interaction, OptionsForm(mark, card, typed.as_fields()))

    async def sent(self, interaction: discord.Interaction[Any], mark: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        text_in(fields)
        await self.order(interaction, member, await self._typed(member, mark, fields))

    async def opened_again(self, interaction: discord.Interaction[Any], about: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        check_channel(interaction)
        typed = TypedOrder(**fields) if about == TYPED else await self._typed(member, about, fields)
        if typed.more:
            await self._open_options(interaction, member, typed)
            return
        limits = await self.authorization.authorize(member, Act.MAKE)
        models = begun(self.suggestions.models("", limits, seconds=typed.seconds))
        mark = await keep(self.records, draft_for(member, typed))
        await open_form(interaction, CreateForm(mark, typed, await in_time(interaction, models, otherwise=[])))

    async def _typed(self, member: Member, mark: str, fields: Mapping[str, str]) -> TypedOrder:
        draft = await draft_of(self.records, member.id, mark)
        return TypedOrder(**draft.fields).with_fields(fields)


def draft_for(member: Member, typed: TypedOrder) -> Draft:
    return Draft(member_id=member.id, verb=CREATE, about=TYPED, fields=typed.as_fields())
