"""/settings tiers: the pages behind it, their buttons and their forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.access.tiers import Tier
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.messages import Message
from bot.domain.models.catalogue import Catalogue
from bot.domain.texts.discord_ids import ids_in
from bot.interaction_registry import FormHandler, InteractionRegistry
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.tiers import GuildTiers, TierTerms
from bot.ui.dialogs.confirmations import Note
from bot.ui.dialogs.drafts import refilled
from bot.ui.dialogs.forms import Form, chosen_in, id_chosen_in
from bot.ui.dialogs.tier_forms import MEMBER, MODELS, RIGHTS, ROLES, TierForms, TierInput
from bot.ui.interactions.channel_rights import roles_of_server
from bot.ui.interactions.members import check_no_bots_role, fetched_member, manager_of
from bot.ui.interactions.responses import open_form, reply, show, update
from bot.ui.screens.tiers import (
    RemoveTierQuestion,
    TierAct,
    TierButton,
    TierForm,
    TierFormButton,
    TierPages,
)
from bot.ui.text.phrases.access import tiers as phrases
from bot.ui.text.phrases.settings.rules import NOTHING_CHANGED


class TiersCog(commands.Cog, name="Tiers"):
    """Each press and each form is authorized again: its member may no longer be a manager."""

    def __init__(
        self,
        registry: InteractionRegistry,
        *,
        authorization: Authorization,
        tiers: GuildTiers,
        catalogue: Catalogue,
        pages: TierPages,
    ) -> None:
        self._authorization = authorization
        self._tiers = tiers
        self._catalogue = catalogue
        self._pages = pages
        registry.add_button(TierButton, self.clicked)
        registry.add_button(TierFormButton, self.form_clicked)
        for verb in TierForm:
            registry.add_form(verb, self._sent(verb), self._opened_again(verb))

    # Buttons

    async def clicked(self, interaction: discord.Interaction[Any], button: TierButton) -> None:
        member, tier_id = await manager_of(interaction, self._authorization), button.tier
        match button.act:
            case TierAct.LIST:
                await update(interaction, await self._pages.all(member))
            case TierAct.OPEN:
                await self._show(interaction, member, await self._tiers.named(member.guild_id, tier_id))
            case TierAct.UP | TierAct.DOWN:
                by = -1 if button.act is TierAct.UP else 1
                await self._tiers.move(member, tier_id, by)
                await update(interaction, await self._pages.all(member))
            case TierAct.REMOVE:
                await update(interaction, RemoveTierQuestion(await self._tiers.named(member.guild_id, tier_id)))
            case TierAct.REALLY_REMOVE:
                tier = await self._tiers.named(member.guild_id, tier_id)
                said = phrases.removed(tier, await self._tiers.remove(member, tier_id))
                await update(interaction, await self._pages.all(member, said))

    async def _show(
        self, interaction: discord.Interaction[Any], member: Member, tier: Tier, said: Message | None = None
    ) -> None:
        page = await self._pages.one(member, tier, said)
        await show(interaction, page)

    async def form_clicked(self, interaction: discord.Interaction[Any], button: TierFormButton) -> None:
        await open_form(interaction, await self._form(interaction, button.form, button.tier))

    async def _form(self, interaction: discord.Interaction[Any], verb: TierForm, tier_id: str) -> Form:
        member = await manager_of(interaction, self._authorization)
        forms = TierForms(catalogue=self._catalogue, roles=roles_of_server(interaction.guild) or ())
        if verb is TierForm.ADD:
            return forms.add(verb)
        if verb is TierForm.TRY:
            return forms.try_as(verb)
        tier = await self._tiers.named(member.guild_id, tier_id)
        match verb:
            case TierForm.NAME:
                return forms.name(verb, tier)
            case TierForm.VIDEOS:
                return forms.videos(verb, tier)
            case TierForm.LIMITS:
                return forms.limits(verb, tier)
            case TierForm.ASKING:
                return forms.asking(verb, tier)

    # Forms

    def _sent(self, verb: TierForm) -> FormHandler:
        async def sent(interaction: discord.Interaction[Any], about: str, fields: Mapping[str, str]) -> None:
            member = await manager_of(interaction, self._authorization)
            entered = TierInput(
                fields=fields,
                roles=_roles_in(interaction),
                models=chosen_in(interaction, MODELS),
                rights=chosen_in(interaction, RIGHTS),
            )
            if verb is TierForm.TRY:
                await self._try_as(interaction, member)
            elif verb is TierForm.ADD:
                await self._add(interaction, member, entered)
            else:
                await self._edit(interaction, member, about, verb, entered)

        return sent

    def _opened_again(self, verb: TierForm) -> FormHandler:
        async def opened(interaction: discord.Interaction[Any], about: str, fields: Mapping[str, str]) -> None:
            form = await self._form(interaction, verb, about)
            await open_form(interaction, refilled(form, fields, interaction.guild))

        return opened

    async def _add(self, interaction: discord.Interaction[Any], member: Member, entered: TierInput) -> None:
        terms = TierTerms(catalogue=self._catalogue, roles=roles_of_server(interaction.guild))
        tier = await self._tiers.add(member, entered.new(self._catalogue), terms=terms)
        is_first = len((await self._tiers.of(member.guild_id)).order) == 1
        await self._show(interaction, member, tier, phrases.added(tier, is_first=is_first))

    async def _edit(
        self, interaction: discord.Interaction[Any], member: Member, tier_id: str, verb: TierForm, entered: TierInput
    ) -> None:
        def change(tier: Tier) -> Tier:
            if verb is TierForm.NAME:
                return entered.with_name(tier)
            if verb is TierForm.ASKING:
                return entered.with_questions(tier)
            return entered.with_limits(tier) if verb is TierForm.LIMITS else entered.with_videos(tier, self._catalogue)

        roles = roles_of_server(interaction.guild) if verb is TierForm.NAME else None
        terms = TierTerms(catalogue=self._catalogue, roles=roles)
        before = await self._tiers.named(member.guild_id, tier_id)
        tier = await self._tiers.edit(member, tier_id, change, terms=terms)
        await self._show(interaction, member, tier, NOTHING_CHANGED if tier == before else phrases.changed(tier))

    async def _try_as(self, interaction: discord.Interaction[Any], member: Member) -> None:
        """With their current roles from Discord, so that it shows what would apply to an order."""
        whom = id_chosen_in(interaction, MEMBER)
        try:
            other = await fetched_member(interaction.client, member.guild_id, whom)
        except NotAllowed:
            raise BadRequest(phrases.NOT_HERE) from None
        standing = await self._authorization.standing(other)
        await reply(interaction, view=Note(phrases.standing(standing, self._catalogue)))


def _roles_in(interaction: discord.Interaction[Any]) -> Sequence[str]:
    """The roles that were chosen in a form."""
    roles = chosen_in(interaction, ROLES)
    check_no_bots_role(interaction, ids_in(roles))
    return roles
