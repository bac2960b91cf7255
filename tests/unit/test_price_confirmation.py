"""The price from which an order must be confirmed, as set by the host, the server, the tier and the member."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.access.confirming import ConfirmBounds
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.money.usd import FREE, Usd
from bot.jobs.use_cases.quotes.confirming import PriceConfirmation
from bot.ui.dialogs.tier_forms import CONFIRM_ABOVE, TierInput
from bot.ui.text.phrases.access.confirming import asked_from
from bot.ui.text.render import render
from tests.builders import a_member
from tests.scripted import MemoryRecords
from tests.tiers import a_confirmation, a_tier, an_authorization

DIME, HALF, DOLLAR, TWO, FIVE = (Usd.of(each) for each in ("0.10", "0.50", "1", "2", "5"))
ANN, MAX = a_member(), a_member(manages=True)


@pytest.mark.parametrize(
    ("bounds", "tier", "member", "asked"),
    [
        pytest.param(ConfirmBounds(host=DOLLAR), None, None, DOLLAR, id="as the host"),
        pytest.param(ConfirmBounds(host=DOLLAR, server=HALF), None, None, HALF, id="a server asks earlier"),
        pytest.param(ConfirmBounds(host=DOLLAR, server=TWO), None, None, TWO, id="a server asks later"),
        pytest.param(ConfirmBounds(host=DOLLAR), DIME, None, DIME, id="a tier asks earlier"),
        pytest.param(ConfirmBounds(host=DOLLAR), TWO, FIVE, DOLLAR, id="nobody later than the server allows"),
        pytest.param(ConfirmBounds(host=DOLLAR, at_most=TWO), FIVE, None, TWO, id="a tier later, as far as allowed"),
        pytest.param(ConfirmBounds(host=DOLLAR, at_most=TWO), DIME, TWO, TWO, id="a member's own choice comes first"),
        pytest.param(ConfirmBounds(host=DOLLAR), None, FREE, FREE, id="a member who wants to be asked each time"),
        pytest.param(ConfirmBounds(host=TWO, at_most=DOLLAR), None, FIVE, TWO, id="a host that was raised since"),
    ],
)
def test_the_nearest_choice_counts_within_the_servers_bounds(
    bounds: ConfirmBounds, tier: Usd | None, member: Usd | None, asked: Usd
) -> None:
    assert bounds.of(tier, member) == asked


async def a_server(**rights: Any) -> PriceConfirmation:
    """A server with a tier for Ann's role."""
    records = MemoryRecords()
    return a_confirmation(records, await an_authorization(a_tier(**rights), records=records))


async def test_each_choice_is_found_where_it_is_kept() -> None:
    confirmation = await a_server(confirm_above=HALF)
    assert await confirmation.above(ANN) == HALF
    assert await confirmation.above(MAX) == DOLLAR, "managers are in no tier"
    await confirmation.own_preferences.change(ANN.id, lambda known: replace(known, confirm_above=TWO))
    assert await confirmation.above(ANN) == DOLLAR
    await confirmation.change(MAX, above=None, at_most=FIVE)
    assert await confirmation.above(ANN) == TWO
    elsewhere = replace(ANN, guild_id=ANN.guild_id + 1)
    assert await confirmation.above(elsewhere) == DOLLAR


async def test_a_server_has_bounds_that_fit_together() -> None:
    confirmation = await a_server()
    assert await confirmation.change(MAX, above=HALF, at_most=TWO) == ConfirmBounds(
        host=DOLLAR, server=HALF, at_most=TWO
    )
    with pytest.raises(BadRequest, match=r"is less than \$0\.50, from which.*Nothing was changed"):
        await confirmation.change(MAX, above=None, at_most=DIME)
    assert (await confirmation.bounds(MAX.guild_id)).highest == TWO
    assert await confirmation.reset(MAX) == ConfirmBounds(host=DOLLAR)


async def test_only_managers_choose_for_a_server() -> None:
    confirmation = await a_server(sees_server_costs=True, may_approve=True)
    with pytest.raises(NotAllowed):
        await confirmation.change(ANN, above=FIVE, at_most=None)
    with pytest.raises(NotAllowed):
        await confirmation.reset(ANN)
    assert await confirmation.bounds(ANN.guild_id) == ConfirmBounds(host=DOLLAR)


def test_a_server_reads_how_it_stands() -> None:
    assert render(asked_from(ConfirmBounds(host=DOLLAR))) == (
        "**Asks before** videos of at least **$1.00**.\n"
        "-# Tiers and members can choose less, not more.\n-# This is the bot's default."
    )
    assert render(asked_from(ConfirmBounds(host=DOLLAR, server=FREE, at_most=TWO))) == (
        "**Asks before** every video.\n-# Tiers and members can choose less, or up to $2.00."
    )


@pytest.mark.parametrize(("typed", "kept"), [("0,50", HALF), ("", None), ("0", FREE)])
def test_a_tiers_form_takes_it(typed: str, kept: Usd | None) -> None:
    tier = TierInput(fields={CONFIRM_ABOVE: typed}).with_questions(a_tier(confirm_above=TWO))
    assert tier.rights.confirm_above == kept


def test_a_tiers_form_refuses_what_is_no_amount() -> None:
    with pytest.raises(BadRequest, match="isn't an amount"):
        TierInput(fields={CONFIRM_ABOVE: "much"}).with_questions(a_tier())
