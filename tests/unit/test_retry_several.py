"""Failed orders chosen in /history: confirmed once with their total, and either all ordered or none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, KinoraError, NotAllowed, OverBudget
from bot.domain.guild import AccessPolicy
from bot.domain.ids import new_id
from bot.domain.job import Job
from bot.domain.messages import plain
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Failed, Phase
from bot.domain.studio.batches import BatchKind
from bot.jobs.ordering.batches import BatchQuote
from bot.jobs.ordering.quoting import Quote
from bot.jobs.use_cases.studio.batches import BatchDetails
from bot.jobs.use_cases.studio.several import CHOSEN, ChosenVideos, RetrySeveral
from bot.ui.text.phrases.studio.batch_questions import question
from bot.ui.text.render import plain_text
from storage.guilds import GuildRows
from tests.builders import GUILD, MAX, NOON, SAM, KnownChannels, a_job, a_member, a_request
from tests.contract.databases import PLENTY, done
from tests.moderation import block
from tests.tiers import a_tier
from tests.unit.test_order_batches import HERE, Ordering, an_ordering
from tests.workbench import Bench, a_bench

OWNER, MANAGER, IN_TIER = a_member(), a_member(id=MAX, manages=True), a_member(id=SAM, roles=frozenset({7}))
STRANGER = a_member(id=SAM, roles=frozenset(), channels=KnownChannels(seen=frozenset()))
BROKEN = Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=False, finished_at=NOON)


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


async def stored(bench: Bench, phase: Phase | None, **changes: Any) -> Job:
    """A stored job in its last phase, with its money settled."""
    private = changes.pop("private", False)
    job = await bench.store.add(a_job(id=new_id(), request=a_request(**changes), private=private))
    if phase is not None:
        lease = next(each for each in await bench.store.claim("w", PLENTY, 10) if each.job.id == job.id)
        job = (await bench.store.move(lease, replace(lease.job, phase=phase))).job
    return job


async def quotes(bench: Bench, orders: Ordering, jobs: Sequence[Job], member: Member = OWNER) -> Sequence[Quote]:
    retry = RetrySeveral(
        queries=bench.store,
        private_videos=bench.private_videos,
        records=orders.records,
        create=orders.batches.create,
    )
    await orders.records.write(CHOSEN, str(member.id), ChosenVideos(name="0a1b2c3d", job_ids=tuple(j.id for j in jobs)))
    return [replace(quote, account="openai") for quote in await retry.quotes(member, "0a1b2c3d")]


async def failures(bench: Bench, videos: int = 2) -> list[Job]:
    models = ["sora-2", "wan"]
    made = [await stored(bench, BROKEN, prompt=f"fox {n}", model=models[n % 2], seconds=8) for n in range(videos)]
    return [*made, await stored(bench, done("v"), prompt="a cat")]


async def test_those_that_failed_are_ordered_at_once_and_the_question_says_each_and_the_total(bench: Bench) -> None:
    orders = await an_ordering(bench)
    batch = BatchQuote(quotes=tuple(await quotes(bench, orders, await failures(bench))))
    assert batch.kind is BatchKind.ORDERS
    asked = plain_text(question(BatchDetails(batch=batch), None))
    assert "Make 2 videos for **$1.60** in total?" in asked.replace("\\", "")
    assert "fox 0" in asked
    assert "Wan · 8 s" in asked
    again = await orders.batches.place(OWNER, batch, HERE)
    assert [job.request.prompt for job in again] == ["fox 0", "fox 1"]
    assert {job.owner_id for job in again} == {OWNER.id}
    assert (await bench.store.month(GUILD)).reserved == batch.price


async def test_orders_of_one_model_that_differ_in_length_or_price_are_each_said(bench: Bench) -> None:
    orders = await an_ordering(bench)
    jobs = [await stored(bench, BROKEN, prompt=f"fox {seconds}", seconds=seconds) for seconds in (4, 12)]
    batch = BatchQuote(quotes=tuple(await quotes(bench, orders, jobs)))
    assert batch.kind is BatchKind.ORDERS
    alike = [await stored(bench, BROKEN, prompt=f"fox {number}") for number in (1, 2)]
    first, second = await quotes(bench, orders, alike)
    louder = BatchQuote(quotes=(first, replace(second, price=first.price + Usd.of("0.10"))))
    for several, facts in ((batch, ("4 s", "12 s", "$0.40", "$1.20")), (louder, ("$0.40", "$0.50"))):
        asked = plain_text(question(BatchDetails(batch=several), None)).replace("\\", "")
        assert [each for each in facts if each not in asked] == []
        assert "each" not in asked


async def test_where_the_budget_has_room_for_some_none_is_ordered(bench: Bench) -> None:
    orders, jobs = await an_ordering(bench), await failures(bench)
    batch = BatchQuote(quotes=tuple(await quotes(bench, orders, jobs)))
    guilds = GuildRows(database=bench.records.database, opening=AccessPolicy.EVERYONE, budget=Usd.of(25))
    await guilds.set_budget(GUILD, Usd.of("1.20"))
    month = await bench.store.month(GUILD)
    assert month.left < batch.price
    with pytest.raises(OverBudget):
        await orders.batches.place(OWNER, batch, HERE)
    assert await bench.store.month(GUILD) == month


async def test_what_cannot_be_retried_at_once_is_said(bench: Bench) -> None:
    orders = await an_ordering(bench)
    finished = await stored(bench, done("v"))
    broken = [await stored(bench, BROKEN, prompt=f"fox {number}") for number in range(9)]
    secret = await stored(bench, BROKEN, prompt="hush", private=True)
    for jobs, told in (
        ([finished], "None of these failed"),
        (broken, "9 of these failed, and 8 can be retried at once"),
        ([broken[0], secret], "Some of these are private"),
    ):
        with pytest.raises(BadRequest, match=f"{told}.* Nothing was ordered"):
            await quotes(bench, orders, jobs)


@pytest.mark.parametrize(
    ("member", "tiers", "blocked", "may"),
    [
        pytest.param(OWNER, (), False, True, id="their owner"),
        pytest.param(STRANGER, (), False, False, id="a stranger"),
        pytest.param(IN_TIER, (a_tier("Basic", 7),), False, True, id="in a tier"),
        pytest.param(MANAGER, (), False, True, id="a manager"),
        pytest.param(OWNER, (), True, False, id="who is blocked"),
    ],
)
async def test_who_may_retry_them(
    bench: Bench, member: Member, tiers: tuple[Any, ...], blocked: bool, may: bool
) -> None:
    orders, jobs = await an_ordering(bench, *tiers), [await stored(bench, BROKEN)]
    if blocked:
        await block(orders.records, member.id)
    if may:
        assert len(await quotes(bench, orders, jobs, member)) == 1
    else:
        with pytest.raises(KinoraError) as no:
            await quotes(bench, orders, jobs, member)
        assert isinstance(no.value, NotAllowed | BadRequest)
