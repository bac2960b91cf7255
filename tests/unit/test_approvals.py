"""Orders above the limit of their owner's tier: who may approve them, and what happens to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.access.limits import OrderLimits
from bot.domain.access.members import Member
from bot.domain.access.tiers import Tier, Tiers
from bot.domain.errors import BadRequest, NotAllowed, NotFound, TooManyWaiting
from bot.domain.job import Approval, Job
from bot.domain.messages import Foreign, value
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import NOBODY, AwaitingApproval, Cancelled, Done, Phase, Queued
from bot.domain.studio.batches import LARGEST_BATCH
from bot.jobs.ordering.quoting import OrderRequest
from bot.jobs.timing.estimates import JobEstimate
from bot.jobs.use_cases.create import Destination
from bot.jobs.use_cases.private_videos import concealed
from bot.jobs.use_cases.queue.approvals import Approvals
from bot.jobs.use_cases.tiers import TIERS
from bot.ui.cards.job_card import CardFacts, JobCard, buttons_for
from bot.ui.cards.request_card import DecidedRequest, RequestCard
from bot.ui.interactions.buttons import JobButton
from bot.ui.text.limits import LONGEST_MESSAGE
from bot.ui.text.phrases.lists import state
from bot.ui.text.render import plain_text, render
from tests.approvers import approvals_on
from tests.builders import ANN, CHANNEL, GUILD, MAX, NOON, SAM, KnownChannels, a_job, a_member, a_request
from tests.moderation import block
from tests.tiers import a_tier
from tests.unit.test_failover import House, a_house
from tests.workbench import Bench, a_bench

BASIC = a_tier("Basic", 7, approval_above=Usd.of("0.30"))
LEADS = a_tier("Leads", 8, may_approve=True)
DAY = timedelta(hours=24)
MANAGER = a_member(id=MAX, manages=True, roles=frozenset())
LEAD = a_member(id=SAM, roles=frozenset({8}), channels=KnownChannels(seen=frozenset()))


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        await give_tiers(bench, LEADS, BASIC)
        yield bench


async def give_tiers(bench: Bench, *tiers: Tier) -> None:
    await bench.records.write(TIERS, str(GUILD), Tiers(order=tiers))


def approvals(bench: Bench) -> Approvals:
    return approvals_on(bench.store, bench.records, bench.context.events)


async def asked(bench: Bench, **changes: Any) -> Job:
    """An order waiting for approval, already seen by a worker."""
    job = a_job(AwaitingApproval(since=NOON, until=NOON + DAY), **changes)
    await bench.order(job)
    await bench.step()
    return await bench.job(job.id)


async def reserved(bench: Bench) -> Usd:
    return (await bench.store.costs(GUILD, None, Period.ALL)).reserved


def texts(view: Any) -> str:
    return "\n".join(item.content for item in view.walk_children() if hasattr(item, "content"))


def labels(view: Any) -> list[str | None]:
    return [item.item.label for item in view.walk_children() if isinstance(item, JobButton)]


# Asking


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        await give_tiers(house.bench, LEADS, BASIC)
        yield house


def here(interaction: int = 1) -> Destination:
    return Destination(channel_id=CHANNEL, upload_limit=10**7, interaction_id=interaction)


async def test_an_order_above_the_limit_of_its_tier_becomes_a_request_that_its_member_is_told_of(house: House) -> None:
    member = a_member()
    quote = await house.create.quote_new(member, OrderRequest(prompt="a fox"))
    assert (quote.price, await house.create.approval_above(member, quote.price)) == (Usd.of("0.40"), Usd.of("0.30"))
    assert await house.create.needs_a_yes(member, quote)
    placed = await house.create.place(member, quote, here())
    now = house.bench.clock.now()
    assert placed.phase == AwaitingApproval(since=now, until=now + DAY)
    assert await house.create.place(member, quote, here()) == placed
    assert await reserved(house.bench) == quote.price


@pytest.mark.parametrize(
    ("member", "limit"),
    [
        pytest.param(a_member(), "0.40", id="of a tier whose limit it just meets"),
        pytest.param(a_member(manages=True), "0.10", id="who manages the server"),
    ],
)
async def test_other_orders_wait_for_nobody(house: House, member: Member, limit: str) -> None:
    await give_tiers(house.bench, a_tier("Basic", 7, approval_above=Usd.of(limit)))
    quote = await house.create.quote_new(member, OrderRequest(prompt="a fox"))
    assert not await house.create.needs_a_yes(member, quote)
    placed = await house.create.place(member, quote, here())
    assert (placed.phase, placed.approval) == (Queued(), None)


async def test_who_has_it_made_for_its_owner_approves_it_with_that(house: House) -> None:
    """As when managers retry failed orders from /queue."""
    quote = await house.create.quote_new(a_member(), OrderRequest(prompt="a fox"))
    placed = await house.create.place(a_member(), quote, here(), approved_by=MAX)
    assert (placed.phase, placed.approval) == (Queued(), Approval(by=MAX, at=house.bench.clock.now()))


# Waiting


async def test_it_holds_its_money_and_is_not_sent_whatever_is_free(bench: Bench) -> None:
    job = await asked(bench)
    for _ in range(23):
        await bench.step(forward=3600)
    assert (await bench.job(job.id)).phase == job.phase
    assert (bench.provider.orders, await reserved(bench)) == ([], job.quote)
    assert await bench.store.check_books() == []


async def test_it_ends_free_of_charge_when_nobody_decides_and_says_so(bench: Bench) -> None:
    job = await asked(bench)
    ended = await bench.run(job.id)
    assert isinstance(ended.phase, Cancelled)
    assert (ended.phase.by, bench.clock.now() - NOON, await reserved(bench)) == (NOBODY, DAY, FREE)
    said = texts(JobCard(ended, CardFacts(estimate=JobEstimate(line=None, ready_at=None))))
    assert "**Not approved.** Nobody decided within 24 hours. You weren't charged." in said
    assert bench.provider.orders == []


@pytest.mark.parametrize(("minutes", "told"), [(30, "1800 s"), (60, "1 hour")])
async def test_a_short_time_to_decide_is_told_as_it_was_set(bench: Bench, minutes: int, told: str) -> None:
    phase = AwaitingApproval(since=NOON, until=NOON + timedelta(minutes=minutes))
    job_id = await bench.order(a_job(phase))
    await bench.step()
    assert await bench.store.next_due() == minutes * 60
    await bench.step(forward=minutes * 60)
    ended = (await bench.job(job_id)).phase
    assert isinstance(ended, Cancelled)
    assert f"Nobody decided within {told}." in str(ended.reason)


async def test_its_owner_can_cancel_it_at_once_and_free(bench: Bench) -> None:
    job = await asked(bench)
    assert [type(button).__name__ for button in buttons_for(job)] == ["CancelButton"]
    ended = await bench.store.cancel(job.id, ANN)
    assert ended.phase == Cancelled(by=ANN, finished_at=bench.clock.now())
    assert await reserved(bench) == FREE


async def test_it_holds_no_place_and_nobody_waits_behind_it(bench: Bench) -> None:
    await asked(bench)
    other = await bench.order(a_job(owner_id=SAM))
    assert (await bench.browse.estimate(await bench.job(other))).line is not None
    totals = await bench.store.queue_totals(GUILD)
    assert (totals.rendering, totals.waiting, totals.to_approve, totals.under_way) == (0, 1, 1, 2)
    assert (await bench.store.under_way(GUILD))[0].id == other


async def test_it_counts_among_the_orders_of_its_owner_that_may_wait(bench: Bench) -> None:
    strict = replace(bench.store, member_waiting=1)
    await strict.add(a_job(AwaitingApproval(since=NOON, until=NOON + DAY)))
    with pytest.raises(TooManyWaiting):
        await strict.add(a_job())


# Who may decide


@pytest.mark.parametrize(
    ("member", "tiers", "may"),
    [
        pytest.param(MANAGER, (LEADS, BASIC), True, id="a manager"),
        pytest.param(LEAD, (LEADS, BASIC), True, id="of a tier that may, without seeing the channel"),
        pytest.param(replace(LEAD, roles=frozenset({7, 8})), (LEADS, BASIC), True, id="of that tier and a lower one"),
        pytest.param(replace(LEAD, roles=frozenset({7, 8})), (BASIC, LEADS), False, id="whose higher tier may not"),
        pytest.param(LEAD, (BASIC,), False, id="whose tier was removed meanwhile"),
        pytest.param(replace(LEAD, roles=frozenset({7})), (LEADS, BASIC), False, id="whose role was taken meanwhile"),
        pytest.param(a_member(id=SAM), (LEADS, BASIC), False, id="of a tier that may not"),
        pytest.param(a_member(id=SAM, roles=frozenset()), (LEADS, BASIC), False, id="a stranger"),
        pytest.param(a_member(id=SAM, roles=frozenset()), (), False, id="anybody without tiers"),
        pytest.param(replace(LEAD, id=ANN), (LEADS, BASIC), False, id="who asked, and may approve others'"),
        pytest.param(replace(MANAGER, id=ANN), (LEADS, BASIC), True, id="who asked, and manages the server by now"),
        pytest.param(replace(MANAGER, guild_id=GUILD + 1), (LEADS, BASIC), False, id="a manager of another server"),
    ],
)
async def test_who_may_decide(bench: Bench, member: Member, tiers: tuple[Tier, ...], *, may: bool) -> None:
    job = await asked(bench)
    await give_tiers(bench, *tiers)
    use_case = approvals(bench)
    assert await use_case.may_decide(member, job) is may
    if may:
        assert (await use_case.request(member, job.id)).job == job
        with pytest.raises(BadRequest, match=r"Say why in a few words: the member reads it\. Nothing was changed\."):
            await use_case.deny(member, job.id, " \n ")
        await use_case.approve(member, job.id)
    else:
        for act in (
            use_case.request(member, job.id),
            use_case.deny(member, job.id, "no"),
            use_case.approve(member, job.id),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                await act
    assert isinstance((await bench.job(job.id)).phase, Queued if may else AwaitingApproval)


@pytest.mark.parametrize(("member", "may"), [(LEAD, False), (replace(MANAGER, id=SAM), True)])
async def test_a_block_takes_the_word_of_an_approver_and_none_of_a_manager(
    bench: Bench, member: Member, *, may: bool
) -> None:
    job = await asked(bench)
    await block(bench.records, SAM, by=MAX, reason="spam")
    assert await approvals(bench).may_decide(member, job) is may


# Decisions


async def test_what_is_approved_is_made_and_shows_by_whom(bench: Bench) -> None:
    job = await asked(bench)
    approved = await approvals(bench).approve(LEAD, job.id)
    assert approved.approval == Approval(by=SAM, at=bench.clock.now())
    bench.publisher.allowed = OrderLimits(tier=BASIC)
    made = await bench.run(job.id)
    assert isinstance(made.phase, Done)
    assert (made.approval, made.cost, len(bench.provider.orders)) == (approved.approval, job.quote, 1)
    said = texts(JobCard(approved, CardFacts(estimate=JobEstimate(line=None, ready_at=None))))
    assert f"by <@{ANN}> · approved by <@{SAM}>" in said
    assert await bench.store.check_books() == []


async def test_what_is_denied_ends_free_with_the_reason(bench: Bench) -> None:
    job = await asked(bench)
    denied = await approvals(bench).deny(MANAGER, job.id, "  too   dear\nfor now ")
    assert (denied.is_at_rest, await reserved(bench)) == (True, FREE)
    said = texts(JobCard(denied, CardFacts(estimate=JobEstimate(line=None, ready_at=None))))
    assert f"**Not approved** by <@{MAX}>: too dear for now. You weren't charged." in said
    assert plain_text(state(denied)) == "🚫 not approved:"
    assert (await bench.job(job.id)).phase == denied.phase


async def test_rights_are_checked_anew_when_it_is_sent(bench: Bench) -> None:
    job = await asked(bench)
    await approvals(bench).approve(MANAGER, job.id)
    bench.publisher.may_make = False
    assert (await bench.run(job.id)).phase.__class__.__name__ == "Failed"
    assert (bench.provider.orders, await reserved(bench)) == ([], FREE)


async def test_an_order_that_waits_when_its_tier_gets_a_limit_becomes_a_request(bench: Bench) -> None:
    job_id = await bench.order(a_job())
    bench.publisher.allowed = OrderLimits(tier=BASIC)
    await bench.step()
    job = await bench.job(job_id)
    assert job.phase == AwaitingApproval(since=NOON, until=NOON + DAY)
    assert (bench.provider.orders, await reserved(bench)) == ([], job.quote)
    await approvals(bench).approve(MANAGER, job_id)
    assert isinstance((await bench.run(job_id)).phase, Done)


@pytest.mark.parametrize("first", ["approve", "deny", "cancel", "expire"])
async def test_who_is_second_is_told_who_decided_what(bench: Bench, first: str) -> None:
    job, use_case = await asked(bench), approvals(bench)
    match first:
        case "approve":
            await use_case.approve(LEAD, job.id)
            told = f"<@{SAM}> approved"
        case "deny":
            await use_case.deny(LEAD, job.id, "no")
            told = f"<@{SAM}> denied"
        case "cancel":
            await bench.store.cancel(job.id, ANN)
            told = f"<@{ANN}> cancelled"
        case _:
            await bench.run(job.id)
            told = "Nobody decided about"
    for act in (use_case.approve(MANAGER, job.id), use_case.deny(MANAGER, job.id, "no")):
        with pytest.raises(BadRequest) as late:
            await act
        assert told in render(late.value.message)
        assert late.value.sentence.endswith("Nothing was changed.")


# What approvers and others see


async def test_a_request_says_who_asks_for_what_and_what_is_left(bench: Bench) -> None:
    job = await asked(bench, request=a_request(prompt="a fox in the snow"))
    request = await approvals(bench).request(LEAD, job.id)
    said = texts(RequestCard(request.job, "Sora 2", request.left))
    assert "a fox in the snow" in said
    assert "Sora 2 · 4 s · 1280x720 · **$0.40**" in said
    assert f"by <@{ANN}> · <#20>" in said
    assert "Leaves $24.60 of this server's $25.00 this month." in said
    assert labels(RequestCard(request.job, "Sora 2", request.left)) == ["Approve", "Deny…"]


async def test_the_words_of_a_private_one_are_for_those_who_decide(bench: Bench) -> None:
    job = await asked(bench, private=True, request=a_request(prompt="a secret garden"))
    request = await approvals(bench).request(LEAD, job.id)
    in_channel = RequestCard(concealed(request.job), "Sora 2", request.left)
    assert "secret" not in texts(in_channel)
    assert labels(in_channel) == ["Show it…"]
    assert "a secret garden" in texts(RequestCard(request.job, "Sora 2", request.left))


def test_a_request_for_the_largest_batch_fits_into_a_message() -> None:
    lead, *others = (a_job(request=a_request(prompt=f"{each}" + " *_~`>|" * 500)) for each in range(LARGEST_BATCH))
    said = texts(RequestCard(lead, "Sora 2", None, "https://discord.com/channels/1/2/3", others))
    assert len(said) <= LONGEST_MESSAGE
    assert all(f"{each} \\*" in said for each in range(LARGEST_BATCH))


@pytest.mark.parametrize(
    ("approval", "phase", "said"),
    [
        (Approval(by=MAX, at=NOON), Queued(), "approved** by"),
        (None, Cancelled(by=MAX, finished_at=NOON, reason=value(Foreign("No."))), "denied** by"),
        (None, Cancelled(by=NOBODY, finished_at=NOON, reason=value(Foreign("Late."))), "has ended.** Late."),
        (None, Cancelled(by=ANN, finished_at=NOON), "cancelled** by"),
    ],
)
def test_a_request_that_is_over_says_what_became_of_it(approval: Approval | None, phase: Phase, said: str) -> None:
    view = DecidedRequest(a_job(phase, approval=approval))
    assert said in texts(view)
    assert labels(view) == []
