"""/settings: a server's own rules, for members with Manage Server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.guild import AccessPolicy, GuildOptions
from bot.domain.messages import Message
from bot.domain.money.amounts import entered_usd
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.budgets import BudgetSettings
from bot.jobs.use_cases.guild import GuildPreferences, GuildRules, RulesChange
from bot.jobs.use_cases.quotes.confirming import PriceConfirmation
from bot.ui.dialogs.confirmations import Note
from bot.ui.interactions.members import check_no_bots_role, manager_of, member_of
from bot.ui.interactions.responses import reply
from bot.ui.screens.lists import GuildSettingsScreen
from bot.ui.screens.settings.hub import SettingsHub
from bot.ui.screens.settings.pages import known_deleted
from bot.ui.screens.tiers import TierPages
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.settings import rules as settings
from cogs.settings.budgets import BudgetCommands
from cogs.settings.channels import ChannelCommands
from cogs.settings.confirming import ConfirmCommand
from cogs.settings.moderation import ModerationCommand
from cogs.settings.opening import OpenCommand


@app_commands.default_permissions(manage_guild=True)
class SettingsCog(
    BudgetCommands,
    ChannelCommands,
    ConfirmCommand,
    ModerationCommand,
    OpenCommand,
    commands.GroupCog,
    group_name="settings",
    group_description=locale_str("This server's rules for making videos"),
):
    def __init__(
        self,
        *,
        rules: GuildRules,
        preferences: GuildPreferences,
        budgets: BudgetSettings,
        confirmation: PriceConfirmation,
        authorization: Authorization,
        tier_pages: TierPages,
        hub: SettingsHub,
    ) -> None:
        self._rules = rules
        self._budgets = budgets
        self._confirmation = confirmation
        self._preferences = preferences
        self._authorization = authorization
        self._tier_pages = tier_pages
        self._hub = hub

    @app_commands.command(description=locale_str("Who can make videos here; without options, shows the rules"))
    @app_commands.describe(
        open_to=locale_str("Everyone, or only granted roles and members with Manage Server"),
        grant=locale_str("Role that can make videos"),
        revoke=locale_str("Role that can no longer make videos"),
    )
    async def access(
        self,
        interaction: discord.Interaction[Any],
        open_to: Literal["granted", "everyone"] | None = None,
        grant: discord.Role | None = None,
        revoke: discord.Role | None = None,
    ) -> None:
        member = await member_of(interaction)
        opening = AccessPolicy(open_to) if open_to else None
        decision = decided(member.guild_id, opening, grant.id if grant else None, revoke.id if revoke else None)
        check_no_bots_role(interaction, [] if grant is None else [grant.id])
        change = await self._rules.set_access(
            member, opening=decision.opening, grant=decision.grant, revoke=decision.revoke
        )
        asked = decision != Decision()
        await self._show(interaction, change, settings.rules_changed(change) if asked else ())

    @app_commands.command(description=locale_str("What members with which roles can make: models, lengths, dollars"))
    async def tiers(self, interaction: discord.Interaction[Any]) -> None:
        member = await manager_of(interaction, self._authorization)
        await reply(interaction, view=await self._tier_pages.all(member))

    @app_commands.command(description=locale_str("How much this server can spend on videos each month"))
    @app_commands.describe(dollars=locale_str("US dollars a month, such as 25 or 12.50; 0 stops all spending"))
    async def budget(self, interaction: discord.Interaction[Any], dollars: str) -> None:
        change = await self._budgets.set_budget(await member_of(interaction), entered_usd(dollars))
        await self._show(interaction, change, settings.rules_changed(change))

    async def _show(self, interaction: discord.Interaction[Any], change: RulesChange, said: Sequence[Message]) -> None:
        options = await self._preferences.of(change.after.guild_id)
        hint = settings.NOTICES_POSSIBLE if options.notices_channel is None else None
        has_tiers = bool((await self._tier_pages.tiers.of(change.after.guild_id)).order)
        deleted = known_deleted(interaction.guild, change.after.roles)
        await reply(interaction, view=GuildSettingsScreen(change.after, said, hint, deleted, has_tiers=has_tiers))

    @app_commands.command(description=locale_str("How videos are shown here; without options, shows the settings"))
    @app_commands.describe(
        keep_cards=locale_str("Keep a finished video's card as one line"),
        show_private=locale_str("Let members with Manage Server watch private videos ordered from now on"),
    )
    async def videos(
        self,
        interaction: discord.Interaction[Any],
        *,
        keep_cards: bool | None = None,
        show_private: bool | None = None,
    ) -> None:
        member, now = await member_of(interaction), interaction.created_at

        def change(known: GuildOptions) -> GuildOptions:
            shown = known.showing_private(now, shown=show_private)
            return shown if keep_cards is None else replace(shown, keep_cards=keep_cards)

        changed = await self._preferences.change(member, change)
        after, asked = changed.after or GuildOptions(), (keep_cards, show_private) != (None, None)
        unchanged = asked and after == (changed.before or GuildOptions())
        await reply(interaction, view=Note(settings.how_videos_are_shown(after, unchanged=unchanged)))


@value_object
class Decision:
    """What is to change: the policy, and a role to add or remove."""

    opening: AccessPolicy | None = None
    grant: int | None = None
    revoke: int | None = None


def decided(guild_id: int, opening: AccessPolicy | None, grant: int | None, revoke: int | None) -> Decision:
    """Discord's picker offers @everyone, a role with the server's own id: granting it opens the server to everyone.

    Raises BadRequest if the options contradict one another.
    """
    asked = {opening} - {None}
    if grant == guild_id:
        asked.add(AccessPolicy.EVERYONE)
    if revoke == guild_id:
        asked.add(AccessPolicy.GRANTED)
    if len(asked) > 1:
        raise BadRequest(errors.CONTRADICTING)
    if grant is not None and grant == revoke:
        raise BadRequest(errors.granted_and_revoked(grant))
    return Decision(
        opening=next(iter(asked), None),
        grant=None if grant == guild_id else grant,
        revoke=None if revoke == guild_id else revoke,
    )
