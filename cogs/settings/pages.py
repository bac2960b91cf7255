"""What the buttons and menus on the pages of /settings do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import discord
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.guild import AccessPolicy, ChannelUse, GuildOptions
from bot.domain.messages import Message
from bot.domain.moderation.venues import AgeRule, Spoilers
from bot.domain.studio.showcase import STARS_TO_CHOOSE
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.budgets import BudgetSettings
from bot.jobs.use_cases.guild import GuildPreferences, GuildRules, RulesChange
from bot.ui.interactions.channel_rights import check_are_here
from bot.ui.interactions.members import NEEDED, check_no_bots_role, manager_of
from bot.ui.interactions.selects import chosen, chosen_among, chosen_ids
from bot.ui.screens.settings.access import AccessPage
from bot.ui.screens.settings.channels import ChannelsPage
from bot.ui.screens.settings.controls import (
    AllowedChannelsSelect,
    GrantedRolesSelect,
    SettingsAct,
    SettingsButton,
    SettingsChannelSelect,
    VideoRule,
    VideoRuleSelect,
    ZoneSelect,
)
from bot.ui.screens.settings.hub import SettingsHub
from bot.ui.screens.settings.notifications import TO_POST, NotificationsPage, check_takes_messages
from bot.ui.screens.settings.pages import Visit
from bot.ui.screens.settings.time_zone import TimeZonePage
from bot.ui.screens.settings.videos import VideosPage
from bot.ui.screens.showcase.settings import ShowcasePage, ShowcaseStarsSelect
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.settings import hub as phrases
from bot.ui.text.phrases.settings import rules as words
from bot.ui.text.phrases.values import lines

PAGES = {ChannelUse.RESULTS: ChannelsPage.id, ChannelUse.SHOWCASE: ShowcasePage.id}
Done = Callable[[discord.Interaction[Any], Member], Awaitable[Message | None]]  # what to say about it


class SettingsPagesCog(commands.Cog):
    """Each press is authorized again: its member may no longer be a manager."""

    def __init__(
        self,
        registry: InteractionRegistry,
        *,
        authorization: Authorization,
        hub: SettingsHub,
        rules: GuildRules,
        preferences: GuildPreferences,
        budgets: BudgetSettings,
    ) -> None:
        self._authorization = authorization
        self._hub = hub
        self._rules = rules
        self._preferences = preferences
        self._budgets = budgets
        registry.add_button(SettingsButton, self.clicked)
        registry.add_button(GrantedRolesSelect, self.roles_chosen)
        registry.add_button(SettingsChannelSelect, self.channel_chosen)
        registry.add_button(AllowedChannelsSelect, self.allowed_chosen)
        registry.add_button(ZoneSelect, self.zone_chosen)
        registry.add_button(VideoRuleSelect, self.video_rule_chosen)
        registry.add_button(ShowcaseStarsSelect, self.stars_chosen)

    async def clicked(self, interaction: discord.Interaction[Any], button: SettingsButton) -> None:
        member = await manager_of(interaction, self._authorization)
        does = self._acts.get(button.act)
        said = None if does is None else await does(interaction, member)
        await self._hub.show(interaction, member, button.page, said)

    @property
    def _acts(self) -> Mapping[SettingsAct, Done]:
        return {
            SettingsAct.EVERYONE: self._opening(AccessPolicy.EVERYONE),
            SettingsAct.GRANTED: self._opening(AccessPolicy.GRANTED),
            SettingsAct.FORGET_ROLES: self._forget_roles,
            SettingsAct.FORGET_POOLS: self._forget_pools,
            SettingsAct.NO_NOTICES: self._channel(ChannelUse.NOTICES, None),
            SettingsAct.NO_LOG: self._channel(ChannelUse.LOG, None),
            SettingsAct.NO_RESULTS: self._channel(ChannelUse.RESULTS, None),
            SettingsAct.NO_SHOWCASE: self._channel(ChannelUse.SHOWCASE, None),
            SettingsAct.ANYWHERE: self._options(lambda known: replace(known, allowed_channels=())),
            SettingsAct.NO_DEFAULTS: self._options(_without_defaults),
            SettingsAct.KEEP_CARDS: self._options(lambda known: replace(known, keep_cards=True)),
            SettingsAct.REMOVE_CARDS: self._options(lambda known: replace(known, keep_cards=False)),
            SettingsAct.SHOW_PRIVATE: self._private(shown=True),
            SettingsAct.HIDE_PRIVATE: self._private(shown=False),
            SettingsAct.KEEP_MARKED: self._options(lambda known: replace(known, keep_marked=True)),
            SettingsAct.REMOVE_MARKED: self._options(lambda known: replace(known, keep_marked=False)),
        }

    # Access

    def _opening(self, opening: AccessPolicy) -> Done:
        async def done(_: discord.Interaction[Any], member: Member) -> Message:
            return _said(await self._rules.set_access(member, opening=opening, grant=None, revoke=None))

        return done

    async def _forget_roles(self, interaction: discord.Interaction[Any], member: Member) -> Message:
        granted = (await self._rules.guilds.guild_settings(member.guild_id)).roles
        gone = Visit.of(interaction, member).deleted(granted)
        await self._rules.set_roles(member, grant=(), revoke=gone)
        return phrases.DELETED_ROLES_GONE if gone else words.NOTHING_CHANGED

    async def roles_chosen(self, interaction: discord.Interaction[Any], _: GrantedRolesSelect) -> None:
        """All roles to be granted. Deleted ones can't be shown in the menu, so they stay until they are removed."""
        member, wanted = await manager_of(interaction, self._authorization), frozenset(chosen_ids(interaction))
        if member.guild_id in wanted:
            raise BadRequest(phrases.EVERYONE_IS_NO_ROLE)
        granted = (await self._rules.guilds.guild_settings(member.guild_id)).roles
        check_no_bots_role(interaction, wanted - granted)
        there = granted - Visit.of(interaction, member).deleted(granted)
        change = await self._rules.set_roles(member, grant=wanted, revoke=there - wanted)
        await self._hub.show(interaction, member, AccessPage.id, _said(change))

    # Budgets

    async def _forget_pools(self, interaction: discord.Interaction[Any], member: Member) -> Message:
        gone = Visit.of(interaction, member).deleted((await self._budgets.overview(member)).pools)
        await self._budgets.remove_pools(member, gone)
        return phrases.POOLS_GONE if gone else words.NOTHING_CHANGED

    # How Kinora behaves

    def _options(self, change: Callable[[GuildOptions], GuildOptions]) -> Done:
        async def done(_: discord.Interaction[Any], member: Member) -> Message | None:
            changed = await self._preferences.change(member, change)
            return words.NOTHING_CHANGED if changed.after == (changed.before or GuildOptions()) else None

        return done

    async def video_rule_chosen(self, interaction: discord.Interaction[Any], menu: VideoRuleSelect) -> None:
        member = await manager_of(interaction, self._authorization)
        picked = chosen_among(interaction, set(Spoilers if menu.rule is VideoRule.SPOILERS else AgeRule))

        def change(known: GuildOptions) -> GuildOptions:
            if menu.rule is VideoRule.SPOILERS:
                return replace(known, spoilers=Spoilers(picked))
            return replace(known, age_rule=AgeRule(picked))

        said = await self._options(change)(interaction, member)
        await self._hub.show(interaction, member, VideosPage.id, said)

    async def stars_chosen(self, interaction: discord.Interaction[Any], _: ShowcaseStarsSelect) -> None:
        member = await manager_of(interaction, self._authorization)
        picked = chosen_among(interaction, set(map(str, STARS_TO_CHOOSE)))
        said = await self._options(lambda known: replace(known, showcase_stars=int(picked)))(interaction, member)
        await self._hub.show(interaction, member, ShowcasePage.id, said)

    def _private(self, *, shown: bool) -> Done:
        async def done(interaction: discord.Interaction[Any], member: Member) -> Message | None:
            now = interaction.created_at
            return await self._options(lambda known: known.showing_private(now, shown=shown))(interaction, member)

        return done

    def _channel(self, kind: ChannelUse, channel_id: int | None) -> Done:
        async def done(_: discord.Interaction[Any], member: Member) -> Message:
            before = await self._preferences.set_channel(member, kind, channel_id)
            return words.NOTHING_CHANGED if before == channel_id else words.channel_changed(kind, before, channel_id)

        return done

    async def channel_chosen(self, interaction: discord.Interaction[Any], menu: SettingsChannelSelect) -> None:
        member, ids = await manager_of(interaction, self._authorization), chosen_ids(interaction)
        if menu.choice not in set(ChannelUse) or not ids:
            raise BadRequest(errors.OTHER_FORM)
        check_are_here(interaction, ids)
        use = ChannelUse(menu.choice)
        _check_takes_messages(interaction, ids[0], NEEDED if use is ChannelUse.SHOWCASE else TO_POST)
        said = await self._channel(use, ids[0])(interaction, member)
        await self._hub.show(interaction, member, PAGES.get(use, NotificationsPage.id), said)

    async def allowed_chosen(self, interaction: discord.Interaction[Any], _: AllowedChannelsSelect) -> None:
        member, chosen_here = await manager_of(interaction, self._authorization), tuple(sorted(chosen_ids(interaction)))
        check_are_here(interaction, chosen_here)
        said = await self._options(lambda known: replace(known, allowed_channels=chosen_here))(interaction, member)
        await self._hub.show(interaction, member, ChannelsPage.id, said)

    async def zone_chosen(self, interaction: discord.Interaction[Any], _: ZoneSelect) -> None:
        member = await manager_of(interaction, self._authorization)
        await self._budgets.set_time_zone(member, chosen(interaction))
        await self._hub.show(interaction, member, TimeZonePage.id)


def _without_defaults(known: GuildOptions) -> GuildOptions:
    return replace(known, default_model=None, default_seconds=None, default_size=None)


def _said(change: RulesChange) -> Message:
    return lines(*words.rules_changed(change))


def _check_takes_messages(interaction: discord.Interaction[Any], channel_id: int, needed: Collection[str]) -> None:
    """Raise BadRequest if our messages would not arrive there, as far as known from Discord."""
    place = interaction.guild.get_channel(channel_id) if interaction.guild is not None else None
    if place is not None:
        check_takes_messages(place, needed)
