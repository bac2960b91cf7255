"""All changes by managers are recorded on every path: who, what, before and after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

import discord
import pytest

from bot.domain.access.tiers import Tier, TierRights
from bot.domain.audit.changes import SettingChange
from bot.domain.audit.rules import OPTIONS, RULES
from bot.domain.audit.tiers import RIGHTS
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.guild import AccessPolicy, ChannelUse, GuildOptions, GuildSettings
from bot.domain.messages import Foreign, msg, value
from bot.domain.money.usd import FREE, Usd
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.budgets import BudgetSettings
from bot.jobs.use_cases.guild import GuildPreferences, GuildRules
from bot.jobs.use_cases.tiers import GuildTiers, TierTerms
from bot.ui.screens.settings.controls import SettingsPageSelect
from bot.ui.screens.settings.history import ChangesHistoryPage
from bot.ui.screens.settings.hub import HubView
from bot.ui.screens.settings.pages import Visit
from bot.ui.text.render import render
from storage.guilds import GuildRows
from tests.builders import GUILD, MAX, a_catalogue, a_member
from tests.changes import MemoryChanges, MemoryLog, some_changes
from tests.workbench import a_bench

ROLE, MANAGER = 7, replace(a_member(), id=MAX, manages=True)
TERMS = TierTerms(catalogue=a_catalogue(), roles=None)


@dataclass(kw_only=True)
class Office:
    """A server's settings, and the recorded changes to them."""

    store: MemoryChanges
    rules: GuildRules
    preferences: GuildPreferences
    budgets: BudgetSettings
    tiers: GuildTiers

    def noted(self) -> list[str]:
        found = self.store.sentences
        self.store.noted.clear()
        return found


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with a_bench(tmp_path) as bench:
        store = MemoryChanges()
        changes = some_changes(store)
        guilds = GuildRows(database=bench.store.database, opening=AccessPolicy.GRANTED, budget=Usd.of(25))
        allowances = MemberAllowances(records=bench.records, costs=bench.store, scopes=bench.store)
        yield Office(
            store=store,
            rules=GuildRules(guilds=guilds, changes=changes),
            preferences=GuildPreferences(records=bench.records, changes=changes),
            budgets=BudgetSettings(guilds=guilds, allowances=allowances, clock=bench.clock, changes=changes),
            tiers=GuildTiers(records=bench.records, changes=changes),
        )


async def test_who_can_make_videos(office: Office) -> None:
    await office.rules.set_access(MANAGER, opening=AccessPolicy.EVERYONE, grant=ROLE, revoke=None)
    assert office.noted() == [
        "who can make videos: granted roles → everyone",
        "the roles that can make videos: none → <@&7>",
    ]
    await office.rules.set_access(MANAGER, opening=AccessPolicy.EVERYONE, grant=None, revoke=ROLE)
    assert office.noted() == ["the roles that can make videos: <@&7> → none"]


async def test_money(office: Office) -> None:
    budgets = office.budgets
    await budgets.set_budget(MANAGER, Usd.of(40))
    await budgets.set_pool(MANAGER, ROLE, Usd.of(5))
    await budgets.set_pool(MANAGER, ROLE, FREE)
    await budgets.grant(MANAGER, 5, Usd.of(2), "2027-01-03")
    await budgets.grant(MANAGER, 5, Usd.of(1), "2027-01-04")
    await budgets.take_back(MANAGER, 5)
    await budgets.set_time_zone(MANAGER, "europe/berlin")
    assert office.noted() == [
        "the month's budget: $25.00 → $40.00",
        "the pool of <@&7>: none → $5.00",
        "the pool of <@&7>: $5.00 → none",
        "the grants of <@5>: none → $2.00 until 3 Jan 2027",
        "the grants of <@5>: $2.00 until 3 Jan 2027 → $2.00 until 3 Jan 2027 and $1.00 until 4 Jan 2027",
        "the grants of <@5>: $2.00 until 3 Jan 2027 and $1.00 until 4 Jan 2027 → none",
        "the time zone: UTC → Europe/Berlin",
    ]


async def test_how_kinora_behaves_on_the_server(office: Office) -> None:
    def changed(known: GuildOptions) -> GuildOptions:
        return replace(known, keep_cards=True, notices_channel=9, confirm_above=Usd.of("0.5"))

    await office.preferences.change(MANAGER, changed)
    await office.preferences.forget_channel(GUILD, ChannelUse.NOTICES, 9)
    assert [each.change.by for each in office.store.noted] == [MAX, MAX, MAX, None]
    assert office.noted() == [
        "whether cards of finished videos stay: no → yes",
        "the channel for notices: off → <#9>",
        "the price from which members are asked first: the bot's default → $0.50",
        "the channel for notices: <#9> → off",
    ]


async def test_the_most_that_a_price_can_be_raised_to_is_none_until_it_is_chosen(office: Office) -> None:
    await office.preferences.change(MANAGER, lambda known: replace(known, confirm_at_most=Usd.of(5)))
    assert office.noted() == ["the most that this price can be raised to: it can't be raised → $5.00"]


async def test_the_role_of_all_members_is_noted_by_its_name(office: Office) -> None:
    tier = Tier(id="a", name="All", roles=frozenset({GUILD}))
    await office.tiers.add(MANAGER, tier, terms=TERMS)
    await office.budgets.set_pool(MANAGER, GUILD, Usd.of(5))
    await office.tiers.remove(MANAGER, tier.id)
    assert office.noted() == [
        "the tier “All”: none → @\u200beveryone",
        "the pool of @\u200beveryone: none → $5.00",
        "the tier “All”: @\u200beveryone → none",
    ]


async def test_tiers(office: Office) -> None:
    tiers, gold = office.tiers, Tier(id="a", name="Gold", roles=frozenset({7}), rights=TierRights(longest_seconds=8))
    await tiers.add(MANAGER, gold, terms=TERMS)
    await tiers.add(MANAGER, Tier(id="b", name="Basic", roles=frozenset({8})), terms=TERMS)
    assert office.noted() == [
        "the tier “Gold”: none → <@&7>",
        "the longest video in the tier “Gold”: no limit → 8 s",
        "the tier “Basic”: none → <@&8>",
    ]

    def richer(tier: Tier) -> Tier:
        return replace(tier, name="Platinum", rights=TierRights(month_limit=Usd.of(9), may_go_private=False))

    await tiers.edit(MANAGER, "a", richer, terms=TERMS)
    await tiers.move(MANAGER, "b", -1)
    await tiers.remove(MANAGER, "b")
    assert office.noted() == [
        "the name of the tier “Gold”: Gold → Platinum",
        "the longest video in the tier “Platinum”: 8 s → no limit",
        "the monthly limit of each member in the tier “Platinum”: no limit → $9.00",
        "whether members can make private videos in the tier “Platinum”: yes → no",
        "the place in the list of the tier “Basic”: 2nd → 1st",
        "the tier “Basic”: <@&8> → none",
    ]


async def test_models_are_named_as_people_know_them(office: Office) -> None:
    await office.preferences.change(MANAGER, lambda known: replace(known, default_model="sora-2"))
    rights = TierRights(models=frozenset({"sora-2", "wan"}))
    await office.tiers.add(MANAGER, Tier(id="a", name="Gold", roles=frozenset({7}), rights=rights), terms=TERMS)
    assert office.noted() == [
        "the default model: the bot's default → Sora 2",
        "the tier “Gold”: none → <@&7>",
        "the models in the tier “Gold”: all models → Sora 2 and wan",
    ]


async def test_what_is_refused_or_changes_nothing_is_not_noted(office: Office) -> None:
    with pytest.raises(BadRequest):
        await office.budgets.set_time_zone(MANAGER, "Atlantis")
    with pytest.raises(NotAllowed):
        await office.budgets.set_budget(a_member(), Usd.of(1))
    await office.budgets.set_budget(MANAGER, Usd.of(25))
    await office.preferences.change(MANAGER, lambda known: known)
    assert office.noted() == []


async def test_a_change_that_cannot_be_noted_still_stands_and_is_told_of() -> None:
    class Full(MemoryChanges):
        async def add(self, *_: object) -> None:
            raise OSError("the disk is full")

    told = MemoryLog()
    await some_changes(Full(), told).note(SettingChange.of(MANAGER, msg("the budget"), None, msg("more")))
    assert [render(card.body) for card in told.cards] == [f"<@{MAX}> changed the budget: none → more"]


def test_every_setting_has_words_for_its_change() -> None:
    """Changes of a field without words would go unnoticed."""
    follows = {"private_shown_since", "guild_id"}
    assert {field.name for field in fields(GuildOptions)} - follows == OPTIONS.keys()
    assert {field.name for field in fields(GuildSettings)} - follows == RULES.keys()
    assert {field.name for field in fields(TierRights)} == RIGHTS.keys()


async def test_a_change_that_is_too_long_to_show_hides_no_other() -> None:
    changes = some_changes(MemoryChanges())
    for words in ("a" * 20, "b" * 5000, "c" * 20):
        what, after = msg("the forbidden words"), value(Foreign(words))
        await changes.note(SettingChange(guild_id=GUILD, by=MAX, what=what, after=after))
    content = await ChangesHistoryPage(changes=changes).content(Visit(member=MANAGER, guild=None))
    page = HubView(content, SettingsPageSelect([("history", msg("History"), msg("What was changed"))]))
    text = "".join(part.content for part in page.walk_children() if isinstance(part, discord.ui.TextDisplay))
    assert "c" * 20 in text
    assert "a" * 20 in text
    assert "**the forbidden words:** too long to show here" in text
    assert text.count(f"<@{MAX}>") == 3
