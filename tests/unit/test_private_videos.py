"""What others can see of private videos: that they exist, their status, and their cost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from discord.ui import TextDisplay

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.guild import GuildOptions
from bot.domain.ids import shown
from bot.domain.job import Job
from bot.domain.messages import Foreign, msg
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Failed, NeedsReview
from bot.domain.video import NO_OPTIONS, Picture, VideoOptions
from bot.jobs.use_cases.costs import CostReport, CostsAsked, CostsScope
from bot.jobs.use_cases.guild import OPTIONS
from bot.jobs.use_cases.private_videos import CONCEALED, concealed
from bot.ui.screens.lists import StatusList
from bot.ui.screens.reports.costs import CostsList
from tests.builders import MAX, NOON, SAM, KnownChannels, a_catalogue, a_job, a_member, a_request
from tests.tiers import a_tier, an_authorization
from tests.workbench import Bench, a_bench

ANNS, A_MANAGER, SOMEONE = a_member(), a_member(id=MAX, manages=True), a_member(id=SAM)
STAFF_ROOM = 21
PROMPT = "the surprise party in the old boathouse"


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


def a_secret(**changes: Any) -> Job:
    return a_job(**{"private": True, "request": a_request(prompt=PROMPT), **changes})


def words(view: Any) -> str:
    return "\n".join(item.content for item in view.walk_children() if isinstance(item, TextDisplay))


async def test_a_manager_finds_a_private_video_and_no_word_of_it(bench: Bench) -> None:
    secret = await bench.order(a_secret())
    assert (await bench.browse.named(ANNS, secret)).request.prompt == PROMPT
    with pytest.raises(NotAllowed, match=f"{shown(secret)} is private. Only its owner can watch"):
        await bench.browse.named(A_MANAGER, secret)
    known = await bench.browse.known(A_MANAGER, secret)
    assert (known.id, known.quote, known.request.prompt) == (secret, Usd.of("0.40"), CONCEALED)
    with pytest.raises(NotFound):
        await bench.browse.known(SOMEONE, secret)


async def test_status_names_it_to_managers_without_its_words_and_counts_it_for_others(bench: Bench) -> None:
    secret = await bench.order(a_secret())
    to_managers = words(StatusList(await bench.browse.overview(A_MANAGER, 10)))
    assert shown(secret) in to_managers
    assert "surprise" not in to_managers
    to_others = words(StatusList(await bench.browse.overview(SOMEONE, 10)))
    assert "a private video" in to_others
    assert shown(secret) not in to_others
    assert "surprise" in words(StatusList(await bench.browse.overview(ANNS, 10)))


async def test_a_manager_decides_about_one_without_reading_it(bench: Bench) -> None:
    quoting = msg("The service said: {words}", words=Foreign(f"billing problem with '{PROMPT.upper()}'"))
    secret = await bench.order(a_secret())
    lease = await bench.lease()
    await bench.store.move(lease, lease.job.moved_to(NeedsReview(was="submitting", reason=quoting, sent_at=NOON)))
    (known,) = await bench.browse.to_decide(A_MANAGER)
    assert isinstance(known.phase, NeedsReview)
    assert str(known.phase.reason) == "The service said: …"
    real = await bench.job(secret)
    ended = await bench.review.give_up(A_MANAGER, real, charged=False)
    assert ended.request.prompt == PROMPT


def test_what_else_was_asked_for_is_concealed_with_the_prompt() -> None:
    options: VideoOptions[Picture] = VideoOptions(seed=7, negative_prompt="any of the neighbours")
    quoting = msg("The service said: {words}", words=Foreign("it can't leave out 'Any of the neighbours'"))
    broken = Failed(cause=Cause.PROVIDER, reason=quoting, charged=False, finished_at=NOON)
    known = concealed(a_secret(request=a_request(prompt=PROMPT, options=options), phase=broken))
    assert known.request.options == NO_OPTIONS
    assert isinstance(known.phase, Failed)
    assert str(known.phase.reason) == "The service said: …"


async def test_a_server_may_let_managers_watch_those_ordered_from_then_on(bench: Bench) -> None:
    before = await bench.order(a_secret(created_at=NOON - timedelta(days=1)))
    preferences = bench.private_videos.preferences
    await preferences.change(A_MANAGER, lambda options: options.showing_private(NOON, shown=True))
    after = await bench.order(a_secret(created_at=NOON + timedelta(hours=1)))
    assert (await bench.browse.named(A_MANAGER, after)).request.prompt == PROMPT
    with pytest.raises(NotAllowed):
        await bench.browse.named(A_MANAGER, before)
    with pytest.raises(NotFound):
        await bench.browse.named(SOMEONE, after)


def test_the_choice_keeps_its_first_day_and_forgets_it_when_it_is_taken_back() -> None:
    chosen = GuildOptions().showing_private(NOON, shown=True)
    assert chosen.showing_private(NOON + timedelta(days=1), shown=True) == chosen
    assert chosen.showing_private(NOON, shown=None) == chosen
    assert chosen.showing_private(NOON, shown=False) == GuildOptions()


async def test_costs_of_the_server_name_no_words_of_private_videos(bench: Bench) -> None:
    await bench.order(a_secret())
    lease = await bench.lease()
    failed = Failed(cause=Cause.PROVIDER, reason=msg("It broke."), charged=True, finished_at=NOON)
    paid = a_secret(id=lease.job.id, phase=failed, cost=Usd.of("0.40"))
    await bench.store.move(lease, paid)
    report = CostReport(
        catalogue=a_catalogue(),
        reports=bench.store,
        authorization=await an_authorization(a_tier("Bookkeepers", 70, sees_server_costs=True)),
        preferences=bench.private_videos.preferences,
        clock=bench.clock,
    )
    everything = CostsAsked(scope=CostsScope.SERVER, days=Period.ALL)
    told = words(CostsList(await report.costs(A_MANAGER, everything), everything))
    assert f"`{shown(paid.id)}` $0.40 · *a private video* · no video" in told
    assert "surprise" not in told
    options = GuildOptions(show_private=True)  # for managers
    await bench.records.write(OPTIONS, str(A_MANAGER.guild_id), options)
    bookkeeper = replace(SOMEONE, roles=frozenset({70}))
    assert (await report.costs(bookkeeper, everything)).latest[0].prompt != PROMPT
    own = await report.costs(ANNS, replace(everything, scope=CostsScope.MINE))
    assert own.latest[0].prompt == PROMPT


async def test_costs_of_the_server_name_no_words_from_channels_that_the_reader_does_not_see(bench: Bench) -> None:
    await bench.order(a_job(channel_id=STAFF_ROOM, request=a_request(prompt=PROMPT)))
    lease = await bench.lease()
    failed = Failed(cause=Cause.PROVIDER, reason=msg("It broke."), charged=True, finished_at=NOON)
    await bench.store.move(lease, replace(lease.job, phase=failed, cost=Usd.of("0.40")))
    report = CostReport(
        catalogue=a_catalogue(),
        reports=bench.store,
        authorization=await an_authorization(a_tier("Bookkeepers", 70, sees_server_costs=True)),
        preferences=bench.private_videos.preferences,
        clock=bench.clock,
    )
    everything = CostsAsked(scope=CostsScope.SERVER, days=Period.ALL)
    bookkeeper = replace(SOMEONE, roles=frozenset({70}))
    told = words(CostsList(await report.costs(bookkeeper, everything), everything))
    assert f"`{shown(lease.job.id)}` $0.40 · no video" in told
    staff = replace(bookkeeper, channels=KnownChannels(seen=frozenset({STAFF_ROOM})))
    assert [(await report.costs(each, everything)).latest[0].prompt for each in (staff, A_MANAGER)] == [PROMPT, PROMPT]


@pytest.mark.parametrize(
    ("said", "shows"), [(PROMPT[:20], "…"), (f"no: {PROMPT}", "…"), ("The queue is full.", "The queue is full.")]
)
def test_what_a_service_quotes_of_a_prompt_is_left_out(said: str, shows: str) -> None:
    reason = msg("{why}", why=msg("{words}", words=Foreign(said)))
    failed = Failed(cause=Cause.PROVIDER, reason=reason, charged=False, finished_at=NOON)
    phase = concealed(a_secret(phase=failed)).phase
    assert isinstance(phase, Failed)
    assert str(phase.reason) == shows
