"""The form of an extension: what happens next, with which model and by how much, and the price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

import discord
from discord.ui import TextInput

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.job import Job
from bot.domain.models.card import LONGEST_PROMPT
from bot.domain.models.health import Health
from bot.domain.video import Aim
from bot.jobs.ordering.remix_offers import RemixOffer, RemixRequest
from bot.jobs.providers.health import ModelHealth
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.create import CreateVideo
from bot.ui.dialogs.drafts import MODEL
from bot.ui.dialogs.forms import PROMPT, Form, labelled, text_in
from bot.ui.dialogs.remix_form import model_field, read_choice
from bot.ui.interactions.responses import begun, in_time, open_form
from bot.ui.text.formatting import cut, one_line
from bot.ui.text.limits import LONGEST_PLACEHOLDER
from bot.ui.text.phrases.studio import extending

EXTEND = "extend"  # the verb


@value_object
class ExtendFormFacts:
    """What the form shows besides the video. `written`: the earlier input of its fields."""

    offers: Sequence[RemixOffer] = ()
    ailing: Mapping[str, Health] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)


class ExtendForm(Form):
    """Without offers, which were not known in time, the video's own model extends it."""

    def __init__(self, job: Job, facts: ExtendFormFacts) -> None:
        super().__init__(EXTEND, job.id, extending.title(job))
        text: TextInput[Any] = TextInput(
            style=discord.TextStyle.paragraph,
            placeholder=one_line(job.request.prompt, LONGEST_PLACEHOLDER),
            default=cut(facts.written.get(PROMPT, ""), LONGEST_PROMPT) or None,
            max_length=LONGEST_PROMPT,
            custom_id=PROMPT,
        )
        self.add_item(labelled(extending.WHAT_NEXT, text, extending.FROM_ITS_END))
        if facts.offers:
            before = 0.0 if job.video is None else job.video.seconds
            field = model_field(
                facts.offers,
                facts.written.get(MODEL, ""),
                name=extending.option,
                hint=lambda offer: extending.hint(offer, before, facts.ailing.get(offer.card.id)),
            )
            self.add_item(field)


@wired
class ExtendForms:
    """Opens the form, and reads it."""

    create: CreateVideo
    authorization: Authorization
    health: ModelHealth

    async def open(
        self,
        interaction: discord.Interaction[Any],
        job: Job,
        member: Member,
        written: Mapping[str, str] | None = None,
    ) -> None:
        """For somebody who may watch the video. Raises the refusal that the order would get."""
        offers = begun(self._offers(member, job))
        await self.authorization.authorize(member, Act.MAKE)
        found, ailing = await in_time(interaction, offers, otherwise=((), {}))
        await open_form(
            interaction, ExtendForm(job, ExtendFormFacts(offers=found, ailing=ailing, written=written or {}))
        )

    async def _offers(self, member: Member, job: Job) -> tuple[Sequence[RemixOffer], Mapping[str, Health]]:
        return await self.create.remix_offers(member, job, [Aim.EXTEND]), await self.health.ailing_lately()


def wanted_in(fields: Mapping[str, str]) -> RemixRequest:
    """Raises BadRequest for a form without a text field."""
    prompt = text_in(fields)
    model, seconds = read_choice(fields.get(MODEL, ""))
    return RemixRequest(prompt=prompt, model=model or None, seconds=seconds, aim=Aim.EXTEND)
