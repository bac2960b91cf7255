"""The form of a remix: what should change, by which model and how, with the price.

Everything that can prevent the order is checked before it opens. Discord waits at most three seconds for a form, so
anything unknown by then is left out of it, and reported when it is submitted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

import discord
from discord.ui import Checkbox, FileUpload, Label, RadioGroup, Select, TextDisplay, TextInput

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.models.card import LONGEST_PROMPT
from bot.domain.models.health import Health
from bot.domain.ports.records import Record, Records
from bot.domain.video import Aim
from bot.jobs.ordering.remix_offers import RemixOffer, RemixRequest
from bot.jobs.providers.health import ModelHealth
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.create import CreateVideo
from bot.ui.dialogs.drafts import MODEL, Draft, Drafts, UnsentForm
from bot.ui.dialogs.forms import PROMPT, Form, Upload, labelled, text_in
from bot.ui.interactions.attachments import AttachedPictures
from bot.ui.interactions.error_handler import carry
from bot.ui.interactions.responses import begun, in_time, open_form
from bot.ui.text.formatting import cut, neutral, one_line
from bot.ui.text.limits import LONGEST_MESSAGE, LONGEST_OPTION, LONGEST_PLACEHOLDER, MOST_PARTS
from bot.ui.text.phrases import errors, forms
from bot.ui.text.phrases.aims import AIMS
from bot.ui.text.render import plain_text

CHANGES, REWRITES = "remix", "rewrite"  # verbs: the text is a change, or the whole new scene
AIM, PREFILLED, IMAGE = "aim", "prefilled", "image"  # ids of the fields below the text


@value_object
class RemixFormStyle:
    """How a member prefers the form: with an empty field for the change, or with the old prompt in it."""

    prefilled: bool = False


STYLES = Record("remix-form", RemixFormStyle)  # by member


@value_object
class RemixFormFacts:
    """What the form shows besides the video. `written`: the earlier input of its fields."""

    prefilled: bool = False
    offers: Sequence[RemixOffer] = ()
    ailing: Mapping[str, Health] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)


class RemixForm(Form):
    """Has at most the five parts that Discord allows."""

    def __init__(self, job: Job, facts: RemixFormFacts) -> None:
        verb = REWRITES if facts.prefilled else CHANGES
        super().__init__(verb, job.id, forms.remix(job))
        prompt = job.request.prompt
        if not facts.prefilled and len(prompt) > LONGEST_PLACEHOLDER:
            self.add_item(TextDisplay(_whole(prompt)))
        self.add_item(_prompt_field(prompt, facts))
        if facts.offers:
            self.add_item(
                model_field(
                    facts.offers,
                    facts.written.get(MODEL, ""),
                    name=forms.made_by,
                    hint=lambda offer: forms.offer(offer, facts.ailing.get(offer.card.id)),
                )
            )
        self.add_item(_aim_field(facts))
        again: Checkbox[Any] = Checkbox(custom_id=PREFILLED, default=facts.prefilled)
        self.add_item(labelled(forms.PREFILL, again))
        if len(self.children) < MOST_PARTS and any(offer.card.takes_picture for offer in facts.offers):
            self.add_item(_image_field())


def _image_field() -> Label[Any]:
    image: FileUpload[Any] = FileUpload(custom_id=IMAGE, required=False, min_values=0, max_values=1)
    return labelled(forms.NEW_IMAGE, image, forms.FROM_IMAGE)


def _whole(prompt: str) -> str:
    """The old prompt, as a block quote."""
    return cut("\n".join(f"> {line}" for line in neutral(prompt).splitlines() if line.strip()), LONGEST_MESSAGE)


def _prompt_field(prompt: str, facts: RemixFormFacts) -> Label[Any]:
    before = prompt if facts.prefilled else None
    text: TextInput[Any] = TextInput(
        style=discord.TextStyle.paragraph,
        placeholder=one_line(prompt, LONGEST_PLACEHOLDER),
        default=cut(facts.written.get(PROMPT) or before or "", LONGEST_PROMPT) or None,
        max_length=LONGEST_PROMPT,
        custom_id=PROMPT,
    )
    label, hint = (forms.NEW_PROMPT, forms.ALL_OF_IT) if facts.prefilled else (forms.WHAT_CHANGES, forms.ONE_CHANGE)
    return labelled(label, text, hint)


def model_field(
    offers: Sequence[RemixOffer],
    written: str,
    *,
    name: Callable[[RemixOffer], Message],
    hint: Callable[[RemixOffer], Message],
) -> Label[Any]:
    """Models and lengths as one list. `written`: the earlier choice, if any."""
    chosen = _chosen(offers, written)
    options = [
        discord.SelectOption(
            label=one_line(plain_text(name(offer)), LONGEST_OPTION),
            value=choice_of(offer.card.id, offer.seconds),
            description=cut(plain_text(hint(offer)), LONGEST_OPTION),
            default=offer is chosen,
        )
        for offer in offers
    ]
    select: Select[Any] = Select(custom_id=MODEL, options=options)
    return labelled(forms.MODEL_AND_LENGTH, select)


def choice_of(model: str, seconds: int | None) -> str:
    """A model and a length as one choice; either may be left out."""
    return model if seconds is None else f"{model} {seconds}"


def read_choice(choice: str) -> tuple[str, int | None]:
    """The reverse. A form from before lengths could be chosen has only models."""
    model, _, seconds = choice.rpartition(" ")
    return (model, int(seconds)) if seconds.isascii() and seconds.isdigit() and " " in choice else (choice, None)


def _chosen(offers: Sequence[RemixOffer], written: str) -> RemixOffer:
    """The earlier choice, or the closest match."""
    model, seconds = read_choice(written)
    by_model = [offer for offer in offers if offer.card.id == model]
    there = by_model or [offer for offer in offers if offer.card.id == _first(offers).card.id]
    return next((offer for offer in there if seconds is not None and offer.seconds == seconds), _first(there))


def _first(offers: Sequence[RemixOffer]) -> RemixOffer:
    return next(offer for offer in offers if offer.is_usual)


def _aim_field(facts: RemixFormFacts) -> Label[Any]:
    usual = Aim.REPLACE if facts.prefilled else Aim.CHANGE
    chosen = Aim.CONTINUE if facts.written.get(AIM) == Aim.CONTINUE else usual
    options = [
        discord.RadioGroupOption(
            label=plain_text(AIMS[aim][0]),
            value=aim,
            description=plain_text(AIMS[aim][1]),
            default=aim is chosen,
        )
        for aim in (usual, Aim.CONTINUE)
    ]
    return labelled(forms.HOW, RadioGroup(custom_id=AIM, options=options))


@wired
class RemixForms:
    """Opens the form, and reads it."""

    create: CreateVideo
    authorization: Authorization
    health: ModelHealth
    records: Records
    drafts: Drafts
    pictures: AttachedPictures

    async def open(
        self,
        interaction: discord.Interaction[Any],
        job: Job,
        member: Member,
        *,
        written: Mapping[str, str] | None = None,
        prefilled: bool | None = None,
    ) -> None:
        """For somebody who may watch the video. Raises the refusal that the order would get.

        `prefilled`: as in the earlier form; otherwise as the member prefers.
        """
        style, offers = begun(self._style(member, prefilled=prefilled)), begun(self._offers(member, job))
        await self.authorization.authorize(member, Act.MAKE)
        known = await in_time(interaction, style, otherwise=False)
        found, ailing = await in_time(interaction, offers, otherwise=((), {}))
        facts = RemixFormFacts(prefilled=known, offers=found, ailing=ailing, written=written or {})
        await open_form(interaction, RemixForm(job, facts))

    def carry_typed(self, interaction: discord.Interaction[Any], source: Job, typed: RemixRequest) -> None:
        """For what was typed after /remix: a refusal opens it as a form."""
        choice = choice_of(typed.model or "", typed.seconds)
        fields = {PROMPT: typed.prompt, MODEL: choice, AIM: typed.aim.value}
        verb = REWRITES if typed.aim is Aim.REPLACE else CHANGES
        draft = Draft(member_id=interaction.user.id, verb=verb, about=source.id, fields=fields)
        carry(interaction, UnsentForm(drafts=self.drafts, draft=draft))

    async def with_image(
        self,
        interaction: discord.Interaction[Any],
        member: Member,
        wanted: RemixRequest,
        given: Upload,
        *,
        private: bool,
    ) -> RemixRequest:
        """The remix from a new image. Raises NotAllowed and BadRequest."""
        return replace(
            wanted, image=await self.pictures.read(interaction, member, given.url, given.bytes, private=private)
        )

    async def _style(self, member: Member, *, prefilled: bool | None) -> bool:
        if prefilled is not None:
            return prefilled
        return (await self.records.read(STYLES, str(member.id)) or RemixFormStyle()).prefilled

    async def _offers(self, member: Member, job: Job) -> tuple[Sequence[RemixOffer], Mapping[str, Health]]:
        return await self.create.remix_offers(member, job), await self.health.ailing_lately()

    async def sent(self, member: Member, fields: Mapping[str, str], *, prefilled: bool) -> RemixRequest:
        """The input; also remembers which form the member prefers.

        Raises BadRequest for choices that were not offered.
        """
        entered = input_of(fields, prefilled=prefilled)
        liked = fields.get(PREFILLED)
        if liked is not None and (liked == str(True)) != prefilled:
            await self.records.write(STYLES, str(member.id), RemixFormStyle(prefilled=not prefilled))
        return entered


def input_of(fields: Mapping[str, str], *, prefilled: bool) -> RemixRequest:
    """A form that was opened before an update has fewer fields."""
    prompt = text_in(fields)
    try:
        aim = Aim(fields.get(AIM) or (Aim.REPLACE if prefilled else Aim.CHANGE))
    except ValueError:
        raise BadRequest(errors.OTHER_FORM) from None
    model, seconds = read_choice(fields.get(MODEL, ""))
    return RemixRequest(prompt=prompt, model=model or None, seconds=seconds, aim=aim)
