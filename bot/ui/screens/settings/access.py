"""Access and tiers: who can make videos, with which roles."""

from __future__ import annotations

from typing import Any, ClassVar

from discord.ui import ActionRow

from bot.data_classes import wired
from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.messages import Message
from bot.domain.ports.guilds import GuildStore
from bot.jobs.use_cases.tiers import GuildTiers
from bot.ui.screens.settings.controls import (
    ACCESS,
    GrantedRolesSelect,
    SettingsAct,
    SettingsButton,
)
from bot.ui.screens.settings.pages import PageContent, PageList, Visit
from bot.ui.screens.tiers import TierAct, TierButton
from bot.ui.text.limits import MOST_OPTIONS
from bot.ui.text.phrases.settings import hub as phrases
from bot.ui.text.phrases.values import lines, small


@wired
class AccessPage:
    guilds: GuildStore
    tiers: GuildTiers

    id: ClassVar[str] = ACCESS
    title: ClassVar[Message] = phrases.ACCESS
    about: ClassVar[Message] = phrases.ACCESS_IS

    async def summary(self, visit: Visit) -> Message:
        rules, tiers = (
            await self.guilds.guild_settings(visit.member.guild_id),
            await self.tiers.of(visit.member.guild_id),
        )
        return phrases.access_summary(rules, tiers, visit.deleted(rules.roles))

    async def content(self, visit: Visit) -> PageContent:
        guild_id = visit.member.guild_id
        rules, tiers = await self.guilds.guild_settings(guild_id), await self.tiers.of(guild_id)
        deleted = visit.deleted(rules.roles)
        if tiers.order:
            held = [phrases.tier_row(tier, visit.deleted(tier.roles), guild_id) for tier in tiers.order]
            title = lines(phrases.heading(phrases.ACCESS), phrases.TIERS_DECIDE)
            parts: list[Message | PageList] = [PageList(title=title, rows=held)]
            return PageContent(parts=[*parts, small(phrases.MANAGERS_ALWAYS)], rows=[_buttons(deleted)])
        too_many = len(rules.roles - deleted) > MOST_OPTIONS
        said = lines(
            phrases.heading(phrases.ACCESS),
            phrases.who_may_make(rules, deleted),
            phrases.granted_roles(rules, deleted),
        )
        hint = lines(small(phrases.TOO_MANY_ROLES) if too_many else None, small(phrases.MANAGERS_ALWAYS))
        rows = [_buttons(deleted, _opening(rules))]
        if visit.guild is not None and not too_many and rules.opening is AccessPolicy.GRANTED:
            rows.insert(0, ActionRow(GrantedRolesSelect(rules.roles - deleted)))
        return PageContent(parts=[said, hint], rows=rows)


def _opening(rules: GuildSettings) -> SettingsButton:
    """Switches to the other policy."""
    if rules.opening is AccessPolicy.EVERYONE:
        return SettingsButton(AccessPage.id, SettingsAct.GRANTED, phrases.ONLY_GRANTED)
    return SettingsButton(AccessPage.id, SettingsAct.EVERYONE, phrases.OPEN_TO_ALL)


def _buttons(deleted: frozenset[int], *first: SettingsButton) -> ActionRow[Any]:
    forget = [SettingsButton(AccessPage.id, SettingsAct.FORGET_ROLES, phrases.FORGET_ROLES)] if deleted else []
    return ActionRow(*first, TierButton(TierAct.LIST, phrases.TIERS), *forget)
