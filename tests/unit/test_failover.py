"""Offering another model for an order that failed or waits: never both, and never without asking."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.access.limits import UNLIMITED
from bot.domain.errors import AccountTrouble, BadRequest, NotAllowed, OverBudget
from bot.domain.guild import AccessPolicy
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import plain
from bot.domain.models.card import Retirement
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Cause, Done, Failed, Phase, Queued, Rendering
from bot.domain.video import Aim, Picture, RemixMethod, Size
from bot.jobs.ordering.alternatives import Alternatives, FailingModelWarning, ModelAlternatives
from bot.jobs.ordering.quoting import OrderRequest, Quote, Quoting
from bot.jobs.providers.health import ModelHealth
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.create import CreateVideo, Destination
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.moderation.blocks import MemberBlocks
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.tiers import GuildTiers
from bot.ui.cards.job_card import CardFacts, JobCard
from storage.guilds import GuildRows
from tests.builders import ANN, CHANNEL, GUILD, NOON, SAM, WIDE, a_card, a_done_job, a_job, a_member, a_request, a_video
from tests.changes import some_changes
from tests.contract.databases import counted_statements
from tests.moderation import a_screening
from tests.tiers import a_confirmation
from tests.workbench import PLACES, Bench, a_bench, a_remix_planner, outlooks_of

WAN = a_card(id="wan", label="Wan", provider="gpu", seconds=(4,), per_second={WIDE: Usd.of("0.05")})
DEAR = a_card(id="dear", label="Dear", provider="gpu", per_second={WIDE: Usd.of("6.50")})
ANNS = a_member(manages=True)
BROKE = Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=False, finished_at=NOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Use cases on a bench. `catalogue` is what its host offers."""

    bench: Bench
    catalogue: Catalogue
    create: CreateVideo
    browse: BrowseVideos
    health: ModelHealth
    alternatives: ModelAlternatives

    async def breaks(self, times: int = 3) -> None:
        for number in range(times):
            await self.ended(replace(BROKE, finished_at=NOON - timedelta(minutes=number)))

    async def ended(self, phase: Phase, **changes: Any) -> Job:
        await self.bench.order(a_job(**changes))
        lease = await self.bench.lease()
        return (await self.bench.store.move(lease, lease.job.moved_to(phase))).job

    async def quote(self, **changes: Any) -> Quote:
        return await self.create.quote_new(ANNS, OrderRequest(**{"prompt": "a fox in the snow", **changes}))

    async def offer(self, job: Job) -> Quote:
        return (await self.alternatives.others(ANNS, job))[0]

    async def place(self, offer: Quote, job: Job) -> Job:
        destination = Destination(channel_id=CHANNEL, upload_limit=10_000_000, interaction_id=77)
        new = await self.create.place(ANNS, offer, destination, instead_of=job.id)
        self.create.release(new)
        return new

    async def phase(self, job: Job) -> Phase:
        return (await self.bench.job(job.id)).phase

    async def reserved(self) -> Usd:
        return (await self.bench.store.costs(GUILD, None, Period.ALL)).reserved


@asynccontextmanager
async def a_house(folder: Path) -> AsyncIterator[House]:
    async with a_bench(folder) as bench:
        cards = {card.id: card for card in (a_card(), WAN, DEAR)}
        context, closed = bench.context, Retirement(hosts=("*",), since=NOON.date(), instead="Take another.")
        both = {"openai": bench.provider, "gpu": bench.provider}
        remix_planner = a_remix_planner(bench.store.database, both, bench.clock)
        store, clock, catalogue = bench.store, bench.clock, Catalogue(cards, {"gone": closed})
        quoting = Quoting(catalogue, bench.media, context.files, remix_planner)
        guilds = GuildRows(database=store.database, opening=AccessPolicy.GRANTED, budget=Usd.of(25))
        authorization = Authorization(
            guilds=guilds,
            tiers=GuildTiers(records=bench.records, changes=some_changes()),
            catalogue=catalogue,
            blocks=MemberBlocks(records=bench.records, clock=clock),
            venues=VenueRules(preferences=GuildPreferences(records=bench.records, changes=some_changes())),
        )
        health = ModelHealth(
            render_history=store,
            accounts=bench.accounts(),
            catalogue=catalogue,
            providers=context.providers,
            clock=clock,
            open_methods=remix_planner.open_methods,
        )
        yield House(
            bench=bench,
            catalogue=catalogue,
            create=CreateVideo(
                queue=store,
                queries=store,
                authorization=authorization,
                quoting=quoting,
                health=health,
                events=context.events,
                clock=clock,
                confirmation=a_confirmation(bench.records, authorization),
                private_videos=bench.private_videos,
                allowances=MemberAllowances(records=bench.records, costs=store, scopes=store),
                screening=a_screening(records=bench.records),
            ),
            browse=BrowseVideos(
                queries=store,
                render_history=store,
                catalogue=catalogue,
                limits=PLACES,
                clock=clock,
                private_videos=bench.private_videos,
                holds=store,
                outlooks=outlooks_of(context),
            ),
            health=health,
            alternatives=ModelAlternatives(queries=store, quoting=quoting, health=health),
        )


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


# Asking first


async def warning_of(house: House) -> FailingModelWarning | None:
    """The warning shown before an order."""
    quote = await house.quote()
    failing = await house.alternatives.failing(quote)
    return None if failing is None else await house.alternatives.warning(quote, failing)


async def test_a_model_that_does_well_is_not_asked_about(house: House) -> None:
    await house.breaks(2)
    assert await warning_of(house) is None


async def test_a_failing_model_is_asked_about_with_what_others_would_cost(house: House) -> None:
    await house.breaks()
    warning = await warning_of(house)
    assert warning is not None
    assert warning.failing.times == 3
    assert [(offer.card.id, offer.price) for offer in warning.others] == [
        ("wan", Usd.of("0.20")),
        ("dear", Usd.of("26.00")),
    ]


async def test_after_a_quarter_of_an_hour_nobody_is_asked(house: House) -> None:
    await house.breaks()
    house.bench.clock.forward(899)
    assert await warning_of(house) is not None
    house.bench.clock.forward(1)
    assert await warning_of(house) is None


async def test_a_paused_account_is_no_place_to_go(house: House) -> None:
    await house.breaks()
    gpu: Any = replace(house.bench.provider, name="gpu")
    await house.bench.context.circuit.note_refusal(gpu, AccountTrouble("gpu refuses the key."))
    warning = await warning_of(house)
    assert warning is not None
    assert warning.others == ()
    reports = await house.health.reports(list(house.catalogue.cards.values()))
    assert [report.health.refused_since for report in reports] == [None, NOON, NOON]


# What cards offer


async def alternatives(house: House, job: Job) -> Alternatives | None:
    return await house.alternatives.alternatives(job)


async def test_failures_of_the_services_have_a_way_out_and_others_have_not(house: House) -> None:
    assert await alternatives(house, await house.ended(BROKE)) == Alternatives(
        health=(await health(house)), has_others=True
    )
    assert await alternatives(house, await house.ended(replace(BROKE, cause=Cause.MODERATION))) is None
    assert await alternatives(house, a_job(Rendering(remote_id="r", started_at=NOON))) is None


async def health(house: House) -> Any:
    return await house.health.of(a_card())


async def test_what_waits_has_a_way_out_while_its_model_is_not_well(house: House) -> None:
    waiting = await house.bench.job(await house.bench.order())
    assert await alternatives(house, waiting) is None
    await house.bench.context.circuit.note_refusal(house.bench.provider, AccountTrouble("The key is refused."))
    out = await alternatives(house, waiting)
    assert out is not None
    assert (out.has_others, out.health.refused_since) == (True, NOON)
    estimate = await house.browse.estimate(waiting)
    view: Any = JobCard(waiting, CardFacts(estimate=estimate, alternatives=out))
    assert "k1:other:" in str(view.to_components())
    assert "is refusing this bot's account" in str(view.to_components())


# Choosing


async def test_choosing_for_a_failed_job_orders_anew_and_leaves_it_alone(house: House) -> None:
    failed = await house.ended(BROKE)
    new = await house.place(await house.offer(failed), failed)
    assert (new.request.model, new.quote, new.account) == ("wan", Usd.of("0.20"), "gpu")
    assert await house.phase(failed) == BROKE


async def test_choosing_for_a_waiting_job_cancels_it_for_free(house: House) -> None:
    waiting = await house.bench.job(await house.bench.order())
    new = await house.place(await house.offer(waiting), waiting)
    assert await house.phase(waiting) == Cancelled(by=ANN, finished_at=NOON)
    assert isinstance(new.phase, Queued)
    assert await house.reserved() == Usd.of("0.20")
    assert await house.bench.store.check_books() == []
    assert house.bench.phases == ["cancelled", "queued"]


async def test_a_waiting_job_that_was_sent_in_that_moment_is_left_alone(house: House) -> None:
    waiting = await house.bench.job(await house.bench.order())
    offer = await house.offer(waiting)
    await house.bench.step()
    with pytest.raises(BadRequest, match="already been sent to the video service"):
        await house.place(offer, waiting)
    sent = await house.bench.job(waiting.id)
    assert isinstance(sent.phase, Rendering)
    assert sent.cancel_asked_by is None
    assert await house.reserved() == Usd.of("0.40")


async def test_a_waiting_job_that_only_waits_for_something_else_now_is_still_exchanged(house: House) -> None:
    waiting = await house.bench.job(await house.bench.order())
    offer = await house.offer(waiting)
    lease = await house.bench.lease()
    await house.bench.store.move(lease, waiting.moved_to(Queued(waits_for=plain("The video service is busy."))), 60.0)
    await house.place(offer, waiting)
    assert isinstance(await house.phase(waiting), Cancelled)


async def test_another_model_that_is_too_dear_leaves_the_waiting_job_in_line(house: House) -> None:
    waiting = await house.bench.job(await house.bench.order())
    dear = (await house.alternatives.others(ANNS, waiting))[1]
    with pytest.raises(OverBudget):
        await house.place(dear, waiting)
    assert await house.phase(waiting) == Queued()
    assert await house.reserved() == Usd.of("0.40")


async def test_only_the_owner_may_exchange_a_waiting_job(house: House) -> None:
    waiting = await house.bench.job(await house.bench.order())
    with pytest.raises(NotAllowed, match="Only the member who ordered"):
        await house.alternatives.others(a_member(id=SAM, manages=True), waiting)


async def test_there_is_nothing_to_choose_for_what_is_under_way_or_when_nobody_is_well(house: House) -> None:
    with pytest.raises(BadRequest, match="already been sent"):
        await house.alternatives.others(ANNS, a_job(Rendering(remote_id="r", started_at=NOON), id=JobId("K7Q4FD")))
    failed = await house.ended(BROKE, request=a_request(size=Size(720, 1280), picture=None, model="wan"))
    house.catalogue.renew(Catalogue({"wan": WAN}, {}))
    with pytest.raises(BadRequest, match="No other healthy model"):
        await house.alternatives.others(ANNS, failed)


# Remixes


async def test_remix_options_take_as_many_statements_for_many_models_as_for_one(house: House) -> None:
    source = a_done_job()
    for number in range(25):
        await house.bench.context.remix_planner.capabilities.note("gpu", f"wan {number}", RemixMethod.FRAME)
    cards = [replace(WAN, id=f"wan {number}", remote=f"wan {number}") for number in range(25)]
    numbers = []
    for asked in (cards[:1], cards):
        with counted_statements() as said:
            found = await house.create.remix_options(source, asked, Aim.CHANGE, UNLIMITED)
        numbers.append(len(said))
        assert {option.method for option in found.values()} == {RemixMethod.REPROMPT}
        assert len(found) == len(asked)
    assert numbers == [2, 2]


async def test_a_remix_is_offered_by_models_that_can_do_it_at_their_ways_price(house: House) -> None:
    source = await house.ended(Done(video=a_video(), remote_id="video_1", finished_at=NOON))
    native = replace(WAN, id="native", remix=(RemixMethod.NATIVE,))
    framed = replace(WAN, id="framed", remix=(RemixMethod.FRAME,), per_picture=Usd.of("0.01"))
    house.catalogue.renew(Catalogue({card.id: card for card in (a_card(), native, framed)}, {}))
    failed = await house.ended(BROKE, request=a_request(source=source.id))
    (offer,) = await house.alternatives.others(ANNS, failed)
    assert (offer.card.id, offer.request.source, offer.price) == ("framed", source.id, Usd.of("0.21"))


# Pictures


async def test_a_picture_goes_along_as_a_copy_and_is_fitted_where_the_size_differs(house: House) -> None:
    files = house.bench.context.files
    await files.put(b"png", "pictures/a.png")
    await files.put(b"jpg", "pictures/a.jpg")
    picture = Picture(key="pictures/a.png", preview="pictures/a.jpg", sha256="0", note="as it is")
    was = a_request(picture=picture)
    same = Quote(request=replace(was, model="wan"), card=WAN, price=Usd.of("0.20"))
    copied = (await house.alternatives.taken(same, was, fresh=False)).request.picture
    assert copied is not None
    assert copied.key != picture.key
    assert copied.note == "as it is"
    assert (await house.alternatives.taken(same, was, fresh=True)).request.picture == picture
    other = replace(same, request=replace(same.request, size=Size(832, 480)))
    fitted = (await house.alternatives.taken(other, was, fresh=True)).request.picture
    assert fitted is not None
    assert fitted.note == "crop to 832x480"


async def test_a_picture_waits_in_the_line_of_the_member_who_sent_it(house: House) -> None:
    picture = (await house.quote(image=b"picture")).request.picture
    was = a_request(picture=picture)
    other = Quote(request=replace(was, model="wan", size=Size(832, 480)), card=WAN, price=Usd.of("0.20"))
    await house.alternatives.taken(other, was, fresh=True, owner=SAM)
    assert house.bench.media.owners == [ANN, SAM]
