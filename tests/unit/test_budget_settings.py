"""Pools, grants and the time zone as managers set them, and the remaining money as members see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, NotAllowed, OverBudget
from bot.domain.guild import AccessPolicy
from bot.domain.job import Job
from bot.domain.money.allowances import NO_MEMBER_LIMITS, Allowances, FundingSource, Pool, Remainder, Scope, Used
from bot.domain.money.calendar import Calendar
from bot.domain.money.usd import FREE, Usd
from bot.jobs.ordering.quoting import Quote
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.budgets import BudgetSettings
from bot.jobs.use_cases.create import CreateVideo, Destination
from bot.ui.screens.budgets import BudgetsScreen
from bot.ui.text.phrases.access import approvals
from bot.ui.text.phrases.ordering import quotes
from bot.ui.text.phrases.results import still_left
from bot.ui.text.render import render
from storage.guilds import GuildRows
from tests.builders import GUILD, NOON, a_card, a_job, a_member, a_request
from tests.changes import some_changes
from tests.moderation import a_screening
from tests.tiers import a_tier, an_authorization
from tests.workbench import Bench, a_bench

ARTISTS, CENTS = 7, Usd.of("0.40")  # a role that `a_member` has
MAX = 600


@dataclass(kw_only=True)
class Treasury:
    """A server, its manager, and one of its members."""

    bench: Bench
    settings: BudgetSettings
    manager: Member
    member: Member

    async def of_member(self, limits: OrderLimits = UNLIMITED) -> Allowances:
        return await self.settings.allowances.of(self.member, limits)


@pytest.fixture
async def treasury(tmp_path: Path) -> AsyncIterator[Treasury]:
    async with a_bench(tmp_path) as bench:
        allowances = MemberAllowances(records=bench.records, costs=bench.store, scopes=bench.store)
        guilds = GuildRows(database=bench.store.database, opening=AccessPolicy.EVERYONE, budget=Usd.of(25))
        settings = BudgetSettings(guilds=guilds, allowances=allowances, clock=bench.clock, changes=some_changes())
        member = a_member()
        manager = replace(member, id=MAX, manages=True)
        yield Treasury(bench=bench, settings=settings, manager=manager, member=member)


async def test_a_member_draws_on_their_tier_their_roles_pools_and_their_grants(treasury: Treasury) -> None:
    settings, manager = treasury.settings, treasury.manager
    await settings.set_pool(manager, GUILD, Usd.of(9))  # everyone's
    await settings.set_pool(manager, ARTISTS, Usd.of(5))
    await settings.set_pool(manager, 99, Usd.of(1))  # of another role
    grant = await settings.grant(manager, treasury.member.id, Usd.of(2), "Sunday")
    await settings.grant(manager, MAX, Usd.of(2), None)
    tier = OrderLimits(tier=a_tier(day_limit=CENTS, month_limit=Usd.of(3)))
    pools = (Pool(role_id=ARTISTS, monthly=Usd.of(5)), Pool(role_id=GUILD, monthly=Usd.of(9)))
    assert await treasury.of_member(tier) == Allowances(
        month=Usd.of(3), day=CENTS, pools=pools, grants=(grant,), guild_id=GUILD
    )
    assert await settings.allowances.of(manager, UNLIMITED) == NO_MEMBER_LIMITS


async def test_a_pool_of_nothing_is_none(treasury: Treasury) -> None:
    await treasury.settings.set_pool(treasury.manager, ARTISTS, CENTS)
    await treasury.settings.set_pool(treasury.manager, ARTISTS, FREE)
    assert await treasury.of_member() == Allowances(guild_id=GUILD)


async def test_a_grant_ends_with_its_last_day_where_the_server_is(treasury: Treasury) -> None:
    assert (await treasury.settings.set_time_zone(treasury.manager, "berlin")).time_zone == "Europe/Berlin"
    assert (await treasury.settings.set_time_zone(treasury.manager, "São Paulo")).time_zone == "America/Sao_Paulo"
    assert (await treasury.settings.set_time_zone(treasury.manager, "zürich")).time_zone == "Europe/Zurich"
    assert (await treasury.settings.set_time_zone(treasury.manager, "port au prince")).time_zone == (
        "America/Port-au-Prince"
    )
    assert (await treasury.settings.set_time_zone(treasury.manager, "GMT")).time_zone == "UTC"
    await treasury.settings.set_time_zone(treasury.manager, "america/new york")
    grant = await treasury.settings.grant(treasury.manager, 1, CENTS, "today")
    assert grant.until == NOON.replace(hour=5, minute=0, second=0, microsecond=0) + timedelta(days=1)
    month = await treasury.settings.grant(treasury.manager, 1, CENTS, None)
    assert (month.until.month, month.until.day, month.until.hour) == (12, 1, 5)


async def test_what_was_granted_is_taken_back(treasury: Treasury) -> None:
    await treasury.settings.grant(treasury.manager, treasury.member.id, CENTS, None)
    await treasury.settings.grant(treasury.manager, MAX, CENTS, None)
    assert await treasury.settings.take_back(treasury.manager, treasury.member.id) == 1
    assert await treasury.settings.take_back(treasury.manager, treasury.member.id) == 0
    assert [grant.member_id for grant in (await treasury.settings.overview(treasury.manager)).grants] == [MAX]


async def test_what_cannot_be_is_said_in_one_sentence_and_changes_nothing(treasury: Treasury) -> None:
    settings, manager = treasury.settings, treasury.manager
    pools = Allowances(pools=(Pool(role_id=ARTISTS, monthly=Usd.of(5)),))
    await settings.set_pool(manager, ARTISTS, Usd.of(5))
    await treasury.bench.store.add(a_job(quote=CENTS), pools)
    with pytest.raises(BadRequest, match=r"\$0\.40 is reserved .* Nothing was changed\."):
        await settings.set_budget(manager, Usd.of("0.39"))
    with pytest.raises(BadRequest, match=r"\$0\.40 is reserved .* Nothing was changed\."):
        await settings.set_pool(manager, ARTISTS, Usd.of("0.39"))
    with pytest.raises(BadRequest, match="That day is over"):
        await settings.grant(manager, 1, CENTS, "2026-01-01")
    with pytest.raises(BadRequest, match=r"“whenever” isn't a date\. .* Nothing was changed\."):
        await settings.grant(manager, 1, CENTS, "whenever")
    with pytest.raises(BadRequest, match=r"“UTC\+1” isn't a time zone\. Write a large city in yours, like São Paulo, "):
        await settings.set_time_zone(manager, "UTC+1")
    overview = await settings.overview(manager)
    assert (overview.settings.monthly_budget, overview.settings.time_zone, overview.grants) == (Usd.of(25), None, ())
    assert overview.pools[ARTISTS].budget == Usd.of(5)
    assert (await settings.set_budget(manager, FREE)).after.monthly_budget == FREE  # stops new orders at once


def test_what_costs_nothing_has_room_where_more_is_spent_than_a_limit_allows() -> None:
    tight = Allowances(month=CENTS, day=CENTS, pools=(Pool(role_id=ARTISTS, monthly=CENTS),))
    spent = Used(month=Usd.of(1), day=Usd.of(1), pools={ARTISTS: Usd.of(1)})
    assert tight.source(FREE, spent, Calendar(), NOON) == FundingSource()
    with pytest.raises(OverBudget):
        tight.source(CENTS, spent, Calendar(), NOON)


async def test_only_managers_share_out_a_servers_money(treasury: Treasury) -> None:
    with pytest.raises(NotAllowed):
        await treasury.settings.set_pool(treasury.member, ARTISTS, CENTS)
    with pytest.raises(NotAllowed):
        await treasury.settings.grant(treasury.member, treasury.member.id, CENTS, None)
    with pytest.raises(NotAllowed):
        await treasury.settings.overview(treasury.member)


async def test_managers_see_what_is_left_of_everything(treasury: Treasury) -> None:
    settings, manager = treasury.settings, treasury.manager
    await settings.set_pool(manager, ARTISTS, Usd.of(5))
    await settings.grant(manager, treasury.member.id, Usd.of(2), "2026-12-24")
    allowed = replace(await treasury.of_member(), pools=())
    await treasury.bench.store.add(a_job(quote=CENTS), await treasury.of_member())
    await treasury.bench.store.add(a_job(quote=CENTS), replace(allowed, day=FREE))
    view = BudgetsScreen(await settings.overview(manager))
    said = "\n".join(item.content for item in view.walk_children() if hasattr(item, "content"))
    assert "**This month's budget**\n$24.20 of $25.00 left ($0.80 reserved)" in said
    assert "**Pools**\n<@&7>: $4.60 of $5.00 left ($0.40 reserved)" in said
    assert f"**Grants**\n<@{treasury.member.id}>: $1.60 of $2.00 left, until 24 Dec" in said


async def test_an_order_is_held_to_its_members_tier(treasury: Treasury) -> None:
    bench = treasury.bench
    nothing: Any = None
    create = CreateVideo(
        queue=bench.store,
        queries=bench.store,
        authorization=await an_authorization(a_tier(day_limit=Usd.of("0.50"))),
        quoting=nothing,
        health=nothing,
        events=bench.context.events,
        clock=bench.clock,
        confirmation=nothing,
        private_videos=nothing,
        allowances=treasury.settings.allowances,
        screening=a_screening(),
    )
    quote = Quote(request=a_request(), card=a_card(), price=CENTS, account="openai")
    await create.check_room(treasury.member, CENTS)
    await create.place(treasury.member, quote, Destination(channel_id=1, upload_limit=1, interaction_id=1))
    for refused in (
        create.check_room(treasury.member, CENTS),
        create.place(treasury.member, quote, Destination(channel_id=1, upload_limit=1, interaction_id=2)),
    ):
        with pytest.raises(OverBudget, match=r"only \$0\.10 of your \$0\.50 for today left.*settings tiers"):
            await refused
    await create.check_room(treasury.manager, CENTS)


async def said_left(allowances: MemberAllowances, job: Job) -> str:
    remainder = await allowances.remainder(job)
    assert remainder is not None
    return render(still_left(remainder))


async def test_a_result_says_what_is_left_of_the_tightest_limit(treasury: Treasury) -> None:
    store, allowances = treasury.bench.store, treasury.settings.allowances
    plain = await store.add(a_job(quote=CENTS))
    limited = await store.add(a_job(quote=CENTS), Allowances(day=Usd.of(2), month=Usd.of(20)))
    assert await allowances.remainder(plain) == Remainder(scope=Scope.SERVER, left=Usd.of("24.20"), cap=Usd.of(25))
    assert await said_left(allowances, plain) == "$24.20 left this month"
    assert await said_left(allowances, limited) == "$1.20 of your $2.00 today left"
    await treasury.settings.set_pool(treasury.manager, ARTISTS, Usd.of(1))
    pooled = await store.add(a_job(quote=CENTS), await treasury.of_member())
    assert await said_left(allowances, pooled) == "$0.60 of <@&7>'s $1.00 this month left"
    await treasury.settings.grant(treasury.manager, treasury.member.id, Usd.of("0.50"), None)
    granted = await store.add(a_job(quote=CENTS), replace(await treasury.of_member(), day=FREE))
    assert await said_left(allowances, granted) == "$0.10 of the $0.50 you were granted left"


async def test_the_pool_of_all_members_is_everyones_and_pings_nobody(treasury: Treasury) -> None:
    allowances = treasury.settings.allowances
    await treasury.settings.set_pool(treasury.manager, GUILD, Usd.of(1))
    pooled = await treasury.bench.store.add(a_job(quote=CENTS), await treasury.of_member())
    assert await said_left(allowances, pooled) == "$0.60 of @\u200beveryone's $1.00 this month left"
    remainder = await allowances.after(treasury.member, UNLIMITED, CENTS, NOON)
    assert render(quotes.left(remainder)) == "Leaves $0.20 of @\u200beveryone's $1.00 this month"
    assert "of @\u200beveryone's $1.00 this month" in render(approvals.still_left(remainder, MAX))
    with pytest.raises(OverBudget, match=r"but @everyone has only \$0\.60 of its \$1\.00 for November left"):
        await allowances.after(treasury.member, UNLIMITED, Usd.of(2), NOON)


async def test_a_quote_says_what_would_be_left_of_the_tightest_limit(treasury: Treasury) -> None:
    allowances, manager, now = treasury.settings.allowances, treasury.manager, NOON
    tier = OrderLimits(tier=a_tier(day_limit=Usd.of("0.50"), month_limit=Usd.of(5)))
    dear, week = Usd.of("1.20"), "2026-12-24"

    async def left(limits: OrderLimits, price: Usd) -> tuple[Scope, Usd]:
        remainder = await allowances.after(treasury.member, limits, price, now)
        return remainder.scope, remainder.left

    assert await left(UNLIMITED, dear) == (Scope.SERVER, Usd.of("23.80"))
    assert await left(tier, CENTS) == (Scope.DAY, Usd.of("0.10"))
    with pytest.raises(OverBudget, match=r"only \$0\.50 of your \$0\.50 for today left"):
        await left(tier, dear)
    await treasury.settings.grant(manager, treasury.member.id, Usd.of(2), week)
    assert await left(tier, dear) == (Scope.GRANT, Usd.of("0.80"))
    await treasury.settings.set_pool(manager, ARTISTS, Usd.of("1.50"))
    assert await left(UNLIMITED, dear) == (Scope.POOL, Usd.of("0.30"))
    assert (await allowances.after(manager, UNLIMITED, dear, now)).scope is Scope.SERVER
