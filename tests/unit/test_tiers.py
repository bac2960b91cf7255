"""Tiers: who has which, what is stored, how managers change them, and what members see of theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.access.tiers import Tier, Tiers
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.money.usd import Usd
from bot.domain.video import Size
from bot.jobs.use_cases.tiers import GuildTiers, TierTerms
from bot.ui.text.phrases.access.tiers import added, page, row, standing
from bot.ui.text.phrases.settings.hub import tier_row
from bot.ui.text.render import render
from tests.builders import GUILD, WIDE, a_catalogue, a_member
from tests.changes import some_changes
from tests.scripted import MemoryRecords
from tests.tiers import a_tier, an_authorization, write

VIP, BOOSTER = 7, 8


def test_a_member_of_several_tiers_is_in_the_highest() -> None:
    tiers = Tiers(order=(a_tier("Boosters", BOOSTER), a_tier("VIP", VIP), a_tier("All", GUILD)))
    assert tiers.of(a_member(roles=frozenset({VIP, BOOSTER}))) == tiers.order[0]
    assert tiers.of(a_member(roles=frozenset({VIP}))) == tiers.order[1]


def test_everyone_is_the_role_with_the_id_of_the_server() -> None:
    tiers = Tiers(order=(a_tier("VIP", VIP), a_tier("All", GUILD)))
    assert tiers.of(a_member(roles=frozenset())) == tiers.order[1]


def test_who_has_none_of_the_roles_is_in_no_tier() -> None:
    assert Tiers(order=(a_tier("VIP", VIP),)).of(a_member(roles=frozenset({BOOSTER}))) is None


def test_no_tier_holds_who_may_change_it() -> None:
    assert Tiers(order=(a_tier("All", GUILD),)).of(a_member(manages=True)) is None


def test_a_stored_tier_comes_back_as_it_was() -> None:
    limited = a_tier("VIP", VIP, models=frozenset({"sora-2"}), longest_seconds=8, largest=WIDE, day_limit=Usd(1))
    tiers = Tiers(order=(limited, a_tier("All", GUILD)))
    stored = TypeAdapter(Tiers).dump_python(tiers, mode="json")
    assert TypeAdapter(Tiers).validate_python(stored) == tiers


def test_a_tier_of_an_older_version_asks_for_no_approval() -> None:
    stored = TypeAdapter(Tiers).dump_python(Tiers(order=(a_tier("VIP", VIP),)), mode="json")
    for name in ("approval_above", "may_approve"):
        del stored["order"][0]["rights"][name]
    (tier,) = TypeAdapter(Tiers).validate_python(stored).order
    assert (tier.rights.approval_above, tier.rights.may_approve) == (None, False)
    assert not OrderLimits(tier=tier).needs_approval(Usd.of(1_000))


@pytest.mark.parametrize(("price", "waits"), [("0.50", False), ("0.500001", True)])
def test_what_costs_more_than_the_tier_allows_by_itself_needs_approval(price: str, *, waits: bool) -> None:
    limits = OrderLimits(tier=a_tier("VIP", VIP, approval_above=Usd.of("0.50")))
    assert limits.needs_approval(Usd.of(price)) is waits
    assert not UNLIMITED.needs_approval(Usd.of(price))


# Changes by managers


MANAGER = a_member(manages=True)
TERMS = TierTerms(catalogue=a_catalogue(), roles={GUILD, VIP, BOOSTER})


async def made(*tiers: Tier) -> GuildTiers:
    records = MemoryRecords()
    await write(records, tiers)
    return GuildTiers(records=records, changes=some_changes())


async def names(tiers: GuildTiers) -> list[str]:
    return [tier.name for tier in (await tiers.of(GUILD)).order]


async def test_a_new_tier_stands_above_those_of_everyone() -> None:
    tiers = await made(a_tier("All", GUILD))
    await tiers.add(MANAGER, a_tier("VIP", VIP), terms=TERMS)
    assert await names(tiers) == ["VIP", "All"]


async def test_tiers_move_and_go() -> None:
    tiers = await made(a_tier("VIP", VIP), a_tier("Boosters", BOOSTER))
    down = (await tiers.of(GUILD)).order[0].id
    await tiers.move(MANAGER, down, 1)
    assert await names(tiers) == ["Boosters", "VIP"]
    await tiers.move(MANAGER, down, 1)
    assert await names(tiers) == ["Boosters", "VIP"]
    await tiers.remove(MANAGER, down)
    assert await names(tiers) == ["Boosters"]
    with pytest.raises(BadRequest, match="That tier no longer exists"):
        await tiers.move(MANAGER, down, 1)


async def test_only_managers_change_tiers() -> None:
    tiers = await made(a_tier("Staff", VIP, sees_server_costs=True))
    with pytest.raises(NotAllowed, match="Only members with Manage Server"):
        await tiers.add(a_member(), a_tier("Boosters", BOOSTER), terms=TERMS)


CENT = Usd.of("0.01")


@pytest.mark.parametrize(
    ("tier", "told"),
    [
        (a_tier(" ", BOOSTER), "A tier needs a name."),
        (a_tier("\u202e\u200b", BOOSTER), "A tier needs a name."),
        (replace(a_tier("New"), roles=frozenset()), "A tier needs at least one role."),
        (a_tier("New", 99), "One of these roles has been deleted."),
        (replace(a_tier("vip", BOOSTER), id="new"), "There's already a tier called “VIP”."),
        (a_tier("New", BOOSTER, models=frozenset({"gone"})), "None of these models can be ordered any more."),
        (
            a_tier("New", BOOSTER, longest_seconds=3),
            "No model of this tier makes videos within these limits: the shortest is 4 seconds",
        ),
        (a_tier("New", BOOSTER, largest=Size(320, 240)), "the smallest 1280x720."),
        (
            a_tier("New", BOOSTER, day_limit=CENT),
            "$0.01 isn't enough for one video: the cheapest of this tier costs $0.40 (Sora 2).",
        ),
        (a_tier("New", VIP), "Nobody would get the tier “New”: “VIP” is above it and has 7 too."),
    ],
)
async def test_a_tier_that_nobody_could_use_is_refused_in_one_sentence(tier: Tier, told: str) -> None:
    tiers = await made(a_tier("VIP", VIP))
    with pytest.raises(BadRequest) as refused:
        await tiers.add(MANAGER, tier, terms=TERMS)
    assert told in refused.value.sentence
    assert "Nothing was changed." in refused.value.sentence
    assert await names(tiers) == ["VIP"]


async def test_a_tier_of_everyone_takes_all_below_it() -> None:
    tiers = await made(a_tier("VIP", VIP), a_tier("All", GUILD))
    with pytest.raises(BadRequest, match="Nobody would get the tier “VIP”: “All” is above it and has @everyone too"):
        await tiers.move(MANAGER, (await tiers.of(GUILD)).order[1].id, -1)


async def test_a_tier_with_a_deleted_role_can_be_changed_otherwise() -> None:
    tiers = await made(a_tier("VIP", VIP, 99))
    tier = (await tiers.of(GUILD)).order[0]
    limited = replace(tier, rights=replace(tier.rights, longest_seconds=8))
    changed = await tiers.edit(MANAGER, tier.id, lambda _: limited, terms=TierTerms(catalogue=a_catalogue()))
    assert changed == limited


async def test_trying_as_a_member_shows_what_and_why() -> None:
    tiers = (a_tier("VIP", VIP, longest_seconds=8, at_once=2), a_tier("All", GUILD))
    authorization = await an_authorization(*tiers)

    async def shown(**member: Any) -> str:
        return str(standing(await authorization.standing(a_member(**member)), a_catalogue()))

    vip = await shown(roles=frozenset({VIP}))
    assert "In **VIP**, through 7.\nThey are in All too, lower in the list, which doesn't count." in vip
    assert "**Longest video:** 8 s" in vip
    assert "Sora 2: 4 or 8 s · 1280x720 or 720x1280 · from $0.40" in vip
    assert "only with a grant" not in vip
    assert "Everything, because of Manage Server" in await shown(manages=True)
    only = await an_authorization(a_tier("VIP", VIP))
    stranger = await only.standing(a_member(roles=frozenset()))
    assert "They can't make videos: none of their roles is in a tier." in str(standing(stranger, a_catalogue()))


async def test_trying_as_a_member_tells_which_models_cost_more_than_the_limits() -> None:
    authorization = await an_authorization(a_tier("VIP", VIP, day_limit=Usd.of("0.30")))
    found = str(standing(await authorization.standing(a_member(roles=frozenset({VIP}))), a_catalogue()))
    assert "from $0.40 · only with a grant, it costs more than these limits" in found


async def test_the_tier_of_all_members_reads_everyone_and_pings_nobody() -> None:
    tier, catalogue = a_tier("All", GUILD, VIP), a_catalogue()
    found = await (await an_authorization(tier)).standing(a_member(roles=frozenset()))
    for said in (
        row(1, tier, catalogue, MANAGER),
        page(tier, catalogue, MANAGER),
        standing(found, catalogue),
        tier_row(tier, (), GUILD),
    ):
        assert "@\u200beveryone" in render(said)
        assert f"<@&{GUILD}>" not in render(said)


def test_the_first_tier_says_whom_it_shuts_out() -> None:
    tier = a_tier("VIP", VIP)
    assert "members in none of them can't" in str(added(tier, is_first=True))
    assert str(added(tier, is_first=False)) == "Added **VIP**."
