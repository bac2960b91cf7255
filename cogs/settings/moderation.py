"""/settings moderation: its page, its forms, the buttons in the log channel, and appeals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.audit.log_channel import LogCard
from bot.domain.errors import AgainstRules, BadRequest, MemberBlocked
from bot.domain.messages import Message
from bot.domain.moderation.blocks import Block
from bot.domain.moderation.refusals import ModerationDecision
from bot.interaction_registry import FormHandler, InteractionRegistry
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.moderation.appeals import Appeals
from bot.jobs.use_cases.moderation.blocks import BlockMembers
from bot.jobs.use_cases.moderation.cards import ModerationAct, block_appeal_card, refusal_card
from bot.jobs.use_cases.moderation.rules import GuildModeration
from bot.ui.cards.languages import ServerLanguages
from bot.ui.dialogs.confirmations import Note
from bot.ui.dialogs.drafts import refilled
from bot.ui.dialogs.forms import Form, id_chosen_in, text_in
from bot.ui.dialogs.moderation import screening as forms
from bot.ui.interactions.members import check_is_no_bot, fetched_or_left, manager_of, member_of
from bot.ui.interactions.responses import open_form, reply, update
from bot.ui.publish.log_messages import LogMessage
from bot.ui.screens.moderation import (
    BLOCK,
    AppealButton,
    BlockedPage,
    BlockFormButton,
    ModerateButton,
    ModerationForm,
    ModerationFormButton,
    ModerationPageAct,
    ModerationPageButton,
)
from bot.ui.screens.settings.hub import SettingsHub
from bot.ui.screens.settings.moderation import ModerationPage
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.moderation import screening as phrases


class ModerationCommand(commands.Cog):
    """A part of /settings."""

    _authorization: Authorization
    _hub: SettingsHub

    @app_commands.command(description=locale_str("Forbidden words and patterns, blocked members, appeals"))
    async def moderation(self, interaction: discord.Interaction[Any]) -> None:
        member = await manager_of(interaction, self._authorization)
        await self._hub.show(interaction, member, ModerationPage.id)


class ModerationCog(commands.Cog, name="Moderation"):
    """Each press and each form is authorized again: its member may no longer be a manager."""

    def __init__(
        self,
        registry: InteractionRegistry,
        *,
        authorization: Authorization,
        rules: GuildModeration,
        block_members: BlockMembers,
        appeals: Appeals,
        hub: SettingsHub,
        languages: ServerLanguages,
    ) -> None:
        self._authorization = authorization
        self._rules = rules
        self._block_members = block_members
        self._appeals = appeals
        self._hub = hub
        self._languages = languages
        registry.add_button(ModerationPageButton, self.page_clicked)
        registry.add_button(ModerationFormButton, self.form_clicked)
        registry.add_button(ModerateButton, self.moderated)
        registry.add_button(BlockFormButton, self.block_clicked)
        registry.add_button(AppealButton, self.appeal_clicked)
        registry.add_form(ModerationForm.WORDS, self.words_sent, self._reopened(forms.words, ModerationForm.WORDS))
        patterns_again = self._reopened(forms.patterns, ModerationForm.PATTERNS)
        registry.add_form(ModerationForm.PATTERNS, self.patterns_sent, patterns_again)
        registry.add_form(ModerationForm.MODEL, self.model_sent)
        registry.add_form(ModerationForm.TRY, self.try_sent)
        appeals_again = self._reopened(forms.appeals, ModerationForm.APPEALS)
        registry.add_form(ModerationForm.APPEALS, self.appeals_sent, appeals_again)
        for verb in (ModerationForm.BLOCK, forms.BLOCK_REFUSED):
            registry.add_form(verb, self.block_sent, self._block_reopened(verb))
        registry.add_form(forms.APPEAL, self.appeal_sent, self.appeal_reopened)
        registry.add_offer(AgainstRules, lambda no: AppealButton(no.refusal) if no.refusal else None)
        registry.add_offer(MemberBlocked, lambda _: AppealButton(BLOCK))

    # The page

    async def page_clicked(self, interaction: discord.Interaction[Any], button: ModerationPageButton) -> None:
        manager = await manager_of(interaction, self._authorization)
        match button.act:
            case ModerationPageAct.PAGE:
                await self._hub.show(interaction, manager, ModerationPage.id)
            case ModerationPageAct.BLOCKED:
                await update(interaction, BlockedPage(await self._blocked(manager), button.about))
            case ModerationPageAct.UNBLOCK:
                said = phrases.unblocked(await self._block_members.unblock(manager, button.about))
                await update(interaction, BlockedPage(await self._blocked(manager), 0, said))

    async def _blocked(self, manager: Member) -> Sequence[Block]:
        return await self._block_members.blocks.of(manager.guild_id)

    async def form_clicked(self, interaction: discord.Interaction[Any], button: ModerationFormButton) -> None:
        manager, verb = await manager_of(interaction, self._authorization), button.form
        rules = await self._rules.of(manager.guild_id)
        match verb:
            case ModerationForm.WORDS:
                await open_form(interaction, forms.words(verb, "\n".join(rules.words)))
            case ModerationForm.PATTERNS:
                await open_form(interaction, forms.patterns(verb, "\n".join(rules.patterns)))
            case ModerationForm.MODEL:
                await open_form(interaction, forms.model(verb, rules.model))
            case ModerationForm.TRY:
                await open_form(interaction, forms.trial(verb))
            case ModerationForm.APPEALS:
                await open_form(interaction, forms.appeals(verb, str(rules.appeals_a_day)))
            case ModerationForm.BLOCK:
                await open_form(interaction, forms.block(verb))

    def _reopened(self, form: Callable[[str, str], Form], verb: str) -> FormHandler:
        async def reopened(interaction: discord.Interaction[Any], _about: str, fields: Mapping[str, str]) -> None:
            await manager_of(interaction, self._authorization)
            await open_form(interaction, form(verb, text_in(fields)))

        return reopened

    async def words_sent(self, interaction: discord.Interaction[Any], _about: str, fields: Mapping[str, str]) -> None:
        manager = await manager_of(interaction, self._authorization)
        rules = await self._rules.set_words(manager, text_in(fields))
        await self._show(interaction, manager, phrases.words_saved(rules))

    async def patterns_sent(
        self, interaction: discord.Interaction[Any], _about: str, fields: Mapping[str, str]
    ) -> None:
        manager = await manager_of(interaction, self._authorization)
        rules = await self._rules.set_patterns(manager, text_in(fields))
        await self._show(interaction, manager, phrases.patterns_saved(rules))

    async def model_sent(self, interaction: discord.Interaction[Any], _about: str, fields: Mapping[str, str]) -> None:
        manager = await manager_of(interaction, self._authorization)
        rules = await self._rules.set_model(manager, forms.model_in(interaction, fields))
        await self._show(interaction, manager, phrases.model_saved(rules))

    async def appeals_sent(self, interaction: discord.Interaction[Any], _about: str, fields: Mapping[str, str]) -> None:
        manager = await manager_of(interaction, self._authorization)
        rules = await self._rules.set_appeals(manager, text_in(fields))
        await self._show(interaction, manager, phrases.appeals_saved(rules))

    async def try_sent(self, interaction: discord.Interaction[Any], _about: str, fields: Mapping[str, str]) -> None:
        manager = await manager_of(interaction, self._authorization)
        said = phrases.tried(await self._rules.tried(manager, text_in(fields)))
        await reply(interaction, view=Note(said))

    async def _show(self, interaction: discord.Interaction[Any], manager: Member, said: Message) -> None:
        await self._hub.show(interaction, manager, ModerationPage.id, said)

    # Blocking

    async def block_clicked(self, interaction: discord.Interaction[Any], button: BlockFormButton) -> None:
        manager = await manager_of(interaction, self._authorization)
        await self._appeals.refused(button.about, manager.guild_id)
        await open_form(interaction, forms.block(forms.BLOCK_REFUSED, about=button.about))

    def _block_reopened(self, verb: str) -> FormHandler:
        async def reopened(interaction: discord.Interaction[Any], about: str, fields: Mapping[str, str]) -> None:
            await manager_of(interaction, self._authorization)
            await open_form(interaction, refilled(forms.block(verb, about=about), fields, interaction.guild))

        return reopened

    async def block_sent(self, interaction: discord.Interaction[Any], about: str, fields: Mapping[str, str]) -> None:
        manager = await manager_of(interaction, self._authorization)
        if about == forms.ALL:
            whom = id_chosen_in(interaction, forms.MEMBER)
            check_is_no_bot(interaction, whom)
        else:
            whom = (await self._appeals.refused(about, manager.guild_id)).member_id
        target = await fetched_or_left(interaction.client, manager.guild_id, whom)
        until, reason = fields.get(forms.UNTIL, ""), fields.get(forms.REASON, "")
        done = await self._block_members.block(manager, target, until=until, reason=reason)
        await reply(interaction, view=Note(phrases.blocked(done)))

    # The log channel

    async def moderated(self, interaction: discord.Interaction[Any], button: ModerateButton) -> None:
        manager, about = await manager_of(interaction, self._authorization), button.about
        match button.act:
            case ModerationAct.ALLOW:
                await self._decide(interaction, manager, about, ModerationDecision.ALLOWED)
            case ModerationAct.KEEP:
                await self._decide(interaction, manager, about, ModerationDecision.KEPT)
            case ModerationAct.DISMISS:
                await self._decide(interaction, manager, about, ModerationDecision.DISMISSED)
            case ModerationAct.UNBLOCK | ModerationAct.KEEP_BLOCKED:
                await self._decide_block(interaction, manager, about, ends=button.act == ModerationAct.UNBLOCK)
            case _:
                raise BadRequest(errors.OTHER_BUTTON)

    async def _decide(
        self, interaction: discord.Interaction[Any], manager: Member, about: str, decision: ModerationDecision
    ) -> None:
        refused = await self._appeals.decide(manager, about, decision)
        await self._redraw(interaction, refusal_card(about, refused))

    async def _decide_block(
        self, interaction: discord.Interaction[Any], manager: Member, about: str, *, ends: bool
    ) -> None:
        if ends:
            block, decision = await self._appeals.unblock(manager, about), ModerationDecision.ALLOWED
        else:
            block, decision = await self._appeals.keep_blocked(manager, about), ModerationDecision.KEPT
        await self._redraw(interaction, block_appeal_card(block, decision, manager.id))

    async def _redraw(self, interaction: discord.Interaction[Any], card: LogCard) -> None:
        """All managers read the card, whoever has decided."""
        async with self._languages.reading_pressed(interaction):
            view = LogMessage(card)
        await update(interaction, view)

    # Appeals

    async def appeal_clicked(self, interaction: discord.Interaction[Any], button: AppealButton) -> None:
        await member_of(interaction)
        await open_form(interaction, forms.appeal(button.about, of_a_block=button.about == BLOCK))

    async def appeal_reopened(
        self, interaction: discord.Interaction[Any], about: str, fields: Mapping[str, str]
    ) -> None:
        await open_form(interaction, forms.appeal(about, of_a_block=about == BLOCK, written=text_in(fields)))

    async def appeal_sent(self, interaction: discord.Interaction[Any], about: str, fields: Mapping[str, str]) -> None:
        member, words = await member_of(interaction), text_in(fields)
        if about == BLOCK:
            await self._appeals.appeal_block(member, words)
        else:
            await self._appeals.appeal(member, about, words)
        await reply(interaction, view=Note(phrases.SENT))
