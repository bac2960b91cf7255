"""A server's defaults for what members leave open: checked when chosen, and against the tier of whoever orders."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.guild import GuildOptions
from bot.domain.video import Size
from bot.jobs.ordering.defaults import with_defaults
from bot.jobs.ordering.quoting import OrderRequest
from bot.jobs.use_cases.defaults import OrderDefaults
from bot.jobs.use_cases.guild import GuildPreferences
from tests.builders import TALL, WIDE, a_card, a_catalogue, a_member
from tests.changes import some_changes
from tests.scripted import MemoryRecords
from tests.tiers import a_tier

WAN = a_card(id="wan", label="Wan", seconds=(5, 8), sizes=(TALL, WIDE))
MODELS = a_catalogue(a_card(), WAN)
MANAGER = a_member(manages=True)


def wanted(limits: OrderLimits = UNLIMITED, typed: dict[str, Any] | None = None, **options: Any) -> OrderRequest:
    return with_defaults(OrderRequest(prompt="a fox", **(typed or {})), GuildOptions(**options), MODELS, limits)


def test_a_server_that_chose_nothing_orders_as_before() -> None:
    assert wanted() == OrderRequest(prompt="a fox")


def test_what_the_server_chose_counts_where_nothing_was_typed() -> None:
    chosen: dict[str, Any] = {"default_model": "wan", "default_seconds": 8, "default_size": WIDE}
    order = wanted(**chosen)
    assert (order.model, order.seconds, order.size) == ("wan", 8, str(WIDE))
    order = wanted(typed={"model": "Wan", "seconds": 5, "size": str(TALL)}, **chosen)
    assert (order.model, order.seconds, order.size) == ("Wan", 5, str(TALL))


def test_what_the_model_or_the_tier_does_not_allow_is_left_out() -> None:
    order = wanted(default_seconds=5, default_size=Size(99, 99))  # Sora 2 makes 4, 8 or 12 seconds
    assert (order.model, order.seconds, order.size) == (None, None, None)
    basic = OrderLimits(tier=a_tier("Basic", models=frozenset({"sora-2"}), longest_seconds=4))
    order = wanted(basic, default_model="wan", default_seconds=8)
    assert (order.model, order.seconds) == (None, None)
    assert wanted(default_model="gone").model is None


def some_defaults() -> OrderDefaults:
    return OrderDefaults(
        preferences=GuildPreferences(records=MemoryRecords(), changes=some_changes()), catalogue=MODELS
    )


async def test_defaults_are_chosen_by_a_managers_and_checked_against_the_catalogue() -> None:
    defaults = some_defaults()
    options = await defaults.choose(MANAGER, "Wan", 8, WIDE)
    assert (options.default_model, options.default_seconds, options.default_size) == ("wan", 8, WIDE)
    for wrong, told in {
        ("gone", None, None): r"^There's no model called “gone”\.",
        ("wan", 7, None): r"^Wan makes no videos of 7 seconds\. .*Nothing was changed\.$",
        (None, 7, None): r"^No model here makes videos of 7 seconds\. .*Nothing was changed\.$",
        ("wan", None, Size(9, 9)): r"^Wan makes no videos of 9x9\. .*Nothing was changed\.$",
    }.items():
        with pytest.raises(BadRequest, match=told):
            await defaults.choose(MANAGER, *wrong)
    with pytest.raises(NotAllowed):
        await defaults.choose(a_member(), None, None, None)
    assert (await defaults.preferences.of(MANAGER.guild_id)).default_model == "wan"
    cleared = await defaults.choose(MANAGER, None, None, None)
    assert cleared == GuildOptions()
