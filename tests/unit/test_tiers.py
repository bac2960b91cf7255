"""Tiers: whose is which, and that what is stored comes back as it was."""

from __future__ import annotations

from pydantic import TypeAdapter

from bot.domain.access.tiers import Tiers
from bot.domain.money.usd import Usd
from tests.builders import GUILD, WIDE, a_member
from tests.tiers import a_tier

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
