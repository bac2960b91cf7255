"""Budgets: the month, pools, grants, limits of tiers, and the price from which members are asked to confirm."""

from __future__ import annotations

from typing import Any, ClassVar

from discord.ui import ActionRow

from bot.data_classes import wired
from bot.domain.access.everyone import named_role
from bot.domain.messages import Message
from bot.domain.money.usd import FREE
from bot.jobs.use_cases.budgets import BudgetSettings
from bot.jobs.use_cases.quotes.confirming import PriceConfirmation
from bot.jobs.use_cases.tiers import GuildTiers
from bot.ui.screens.settings.controls import SettingsAct, SettingsButton, SettingsForm, SettingsFormButton
from bot.ui.screens.settings.pages import PageContent, PageList, Visit
from bot.ui.text.phrases import budgets
from bot.ui.text.phrases.access import confirming
from bot.ui.text.phrases.settings import hub as phrases
from bot.ui.text.phrases.values import lines, small


@wired
class BudgetsPage:
    budgets: BudgetSettings
    tiers: GuildTiers
    confirmation: PriceConfirmation

    id: ClassVar[str] = "budgets"
    title: ClassVar[Message] = phrases.BUDGETS
    about: ClassVar[Message] = phrases.BUDGETS_ARE

    async def summary(self, visit: Visit) -> Message:
        overview = await self.budgets.overview(visit.member)
        return phrases.budget_summary(overview.month, len(overview.pools), len(overview.grants))

    async def content(self, visit: Visit) -> PageContent:
        overview = await self.budgets.overview(visit.member)
        calendar, deleted = overview.settings.calendar, visit.deleted(overview.pools)
        pools = [
            budgets.pool(named_role(each, visit.member.guild_id), month, deleted=each in deleted)
            for each, month in overview.pools.items()
        ]
        grants = [budgets.grant(held, overview.used.grants.get(held.id, FREE), calendar) for held in overview.grants]
        asked = confirming.asked_from(await self.confirmation.bounds(visit.member.guild_id))
        parts: list[Message | PageList] = [
            lines(budgets.BUDGET, budgets.month(overview.month)),
            PageList(title=budgets.POOLS, rows=pools, empty=phrases.NO_POOLS),
            PageList(title=budgets.GRANTS, rows=grants, empty=phrases.NO_GRANTS),
            PageList(title=phrases.LIMITS, rows=await self._limits(visit), empty=phrases.NO_LIMITS),
            asked,
            small(budgets.ALL_COUNT),
        ]
        return PageContent(parts=parts, rows=_rows(deleted))

    async def _limits(self, visit: Visit) -> list[Message]:
        tiers = (await self.tiers.of(visit.member.guild_id)).order
        return [
            phrases.tier_limits(tier)
            for tier in tiers
            if tier.rights.day_limit is not None or tier.rights.month_limit is not None
        ]


def _rows(deleted: frozenset[int]) -> list[ActionRow[Any]]:
    forms = (
        (SettingsForm.BUDGET, phrases.CHANGE_BUDGET),
        (SettingsForm.POOL, phrases.SET_POOL),
        (SettingsForm.GRANT, phrases.GRANT),
        (SettingsForm.ASKING, phrases.ASKING),
    )
    buttons: list[SettingsFormButton | SettingsButton] = [SettingsFormButton(form, text) for form, text in forms]
    if deleted:
        buttons.append(SettingsButton(BudgetsPage.id, SettingsAct.FORGET_POOLS, phrases.FORGET_POOLS))
    return [ActionRow(*buttons)]
