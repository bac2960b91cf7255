"""`reconcile`: each difference between books and service is listed once with an explanation, and changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.accounting.command import AGREED, DIFFERS, exit_code, written
from bot.accounting.comparison import AccountReport, Comparison, DifferenceKind
from bot.domain.errors import Gone, OutcomeUnknown, Unavailable
from bot.domain.messages import plain
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Cause, Done
from bot.domain.ports.provider import Broken, Ready
from tests.builders import NOON, a_job
from tests.workbench import Bench, a_bench, a_listed


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def a_made(bench: Bench, cost: Usd | None = None) -> None:
    """A finished video, `video_1` at its service, for $0.40 unless it says otherwise."""
    bench.provider.looks = [Ready(cost=cost)]
    job = await bench.run(await bench.order(a_job()))
    assert isinstance(job.phase, Done)


async def compared(bench: Bench) -> AccountReport:
    report = AccountReport(account="openai", since=NOON - timedelta(days=7))
    comparison = Comparison(provider=bench.provider, ours=bench.store, since=report.since)
    async for _ in comparison.run(report):
        pass
    return report


def kinds(report: AccountReport) -> list[DifferenceKind]:
    return [each.kind for each in report.differences]


async def test_what_both_know_at_one_price_is_no_difference(bench: Bench) -> None:
    await a_made(bench, Usd.of("0.38"))
    bench.provider.lists, bench.provider.looks = [[a_listed("video_1")]], [Ready(cost=Usd.of("0.38"))]
    report = await compared(bench)
    assert (report.orders, report.compared, report.here, report.there) == (1, 1, Usd.of("0.38"), Usd.of("0.38"))
    assert (report.differences, exit_code([report])) == ([], AGREED)
    assert written([report]) == [
        "✓ openai: 1 order since 2026-11-16 12:00 UTC, 1 with a reported cost: ledger $0.38, service $0.38"
    ]


async def test_a_video_that_no_order_knows_is_named_with_what_it_is(bench: Bench) -> None:
    bench.provider.lists = [[a_listed("video_9")]]
    report = await compared(bench)
    assert kinds(report) == [DifferenceKind.UNKNOWN_HERE]
    assert exit_code([report]) == DIFFERS
    said = "\n".join(written([report]))
    assert "openai   unknown here  –      video_9   2026-11-23 12:00  –       –" in said
    assert "(sora-2, 4 s, 1280x720), and no order here knows it." in said


async def test_what_the_service_forgot_is_named_and_no_fault_by_itself(bench: Bench) -> None:
    await a_made(bench)
    bench.provider.lists, bench.provider.looks = [[]], [Gone("no such video")]
    report = await compared(bench)
    assert (kinds(report), exit_code([report])) == ([DifferenceKind.GONE_THERE], AGREED)


async def test_what_was_deleted_here_is_not_missed_there(bench: Bench) -> None:
    await a_made(bench)
    (sent,) = await bench.store.sent_since("openai", NOON - timedelta(days=7))
    await bench.store.mark_deleted(sent.job.id)
    bench.provider.lists, bench.provider.looks = [[]], [Gone("no such video")]
    assert kinds(await compared(bench)) == []


@pytest.mark.parametrize(("there", "words"), [("0.44", "charged more than"), ("0.30", "charged less than")])
async def test_another_price_is_named_with_both_amounts(bench: Bench, there: str, words: str) -> None:
    await a_made(bench)
    bench.provider.lists, bench.provider.looks = [None], [Ready(cost=Usd.of(there))]
    report = await compared(bench)
    (found,) = report.differences
    assert (found.kind, found.here, found.there) == (DifferenceKind.PRICE, Usd.of("0.40"), Usd.of(there))
    assert words in found.words
    assert exit_code([report]) == DIFFERS


async def test_what_was_charged_for_a_failure_differs_from_nothing(bench: Bench) -> None:
    bench.provider.looks = [Broken(cause=Cause.PROVIDER, reason=plain("It broke."))]
    await bench.run(await bench.order(a_job()))
    bench.provider.lists = [None]
    bench.provider.looks = [Broken(cause=Cause.PROVIDER, reason=plain("It broke."), cost=Usd.of("0.10"))]
    (found,) = (await compared(bench)).differences
    assert (found.kind, found.here, found.there) == (DifferenceKind.PRICE, FREE, Usd.of("0.10"))


async def test_what_is_still_held_is_said_to_be(bench: Bench) -> None:
    job_id = await bench.order(a_job())
    await bench.step()
    bench.provider.lists, bench.provider.looks = [None], [Ready(cost=Usd.of("0.40"))]
    (found,) = (await compared(bench)).differences
    assert (found.kind, found.video) == (DifferenceKind.UNSETTLED, job_id)
    assert "The ledger still holds $0.40, as the order is in the state rendering." in found.words


async def test_an_order_without_an_answer_is_for_a_person(bench: Bench) -> None:
    bench.provider.submits, bench.provider.lists = [OutcomeUnknown("lost")], [None]
    await bench.order(a_job())
    await bench.step()
    bench.provider.lists = [None]
    (found,) = (await compared(bench)).differences
    assert (found.kind, found.remote_id) == (DifferenceKind.UNDECIDED, None)


async def test_a_service_that_does_not_answer_is_said(bench: Bench) -> None:
    await a_made(bench)
    bench.provider.lists = [Unavailable("It is down.")]
    report = await compared(bench)
    assert (report.trouble, exit_code([report])) == ("It is down.", DIFFERS)
    assert written([report]) == ["✗ openai: It is down."]
    bench.provider.lists, bench.provider.looks = [None], [Unavailable("It is down.")]
    assert kinds(await compared(bench)) == [DifferenceKind.NOT_ASKED]


async def test_a_file_for_spreadsheets_has_a_line_for_each_difference(bench: Bench) -> None:
    await a_made(bench)
    bench.provider.lists, bench.provider.looks = [[a_listed("=video_9")]], [Ready(cost=Usd.of("0.44"))]
    head, *lines = written([await compared(bench)], as_csv=True)[0].splitlines()
    assert head == "account,kind,video,id there,ordered (UTC),ledger,service,explanation"
    assert lines[0].startswith("openai,unknown here,,'=video_9,2026-11-23 12:00,,,\"The service has this video")
    assert ",0.40,0.44,The service says that it charged more" in lines[1]
    assert len(lines) == 2


async def test_each_order_is_asked_about_and_none_is_written(bench: Bench) -> None:
    await a_made(bench)
    before = await bench.store.sent_since("openai", NOON - timedelta(days=7))
    bench.provider.lists, bench.provider.looks = [[]], [Ready(cost=Usd.of("0.44"))]
    await compared(bench)
    assert await bench.store.sent_since("openai", NOON - timedelta(days=7)) == before
    assert await bench.store.sent_since("openai", NOON + timedelta(days=1)) == []
    assert before[0].remote_id == "video_1"
