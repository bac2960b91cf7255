"""fal over real HTTP: what is sent, what its answers mean, and what becomes of an order whose answer was lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.errors import AccountTrouble, Gone, OutcomeUnknown, Refused, Unavailable, Unsupported
from bot.domain.money.usd import Usd
from bot.domain.own_name import seed_of
from bot.domain.phases import Cause
from bot.domain.ports.provider import Asset, Broken, Listed, Order, Ready, UnitPrice, Waiting
from bot.domain.video import RemixMethod, Size, VideoOptions
from bot.providers.fal.adapter import at_queue, platform_of
from bot.sandbox.video.fal.service import WORKED
from bot.sandbox.video.trouble import Fault, Operation, Reset, Say
from tests.builders import an_account
from tests.contract.fal_services import (
    FULL,
    LTX,
    MOVIOLA,
    OWN_NAME,
    VEO,
    WIDE,
    Service,
    a_fal,
    an_order,
)
from tests.contract.video_services import STARTED_AT, a_picture
from tests.extent import only_in_full

HOUR = timedelta(hours=1)
CARDS = (VEO, LTX, MOVIOLA)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_fal() as service:
        yield service


def since(service: Service) -> datetime:
    return datetime.fromtimestamp(service.clock.now, UTC) - HOUR


# What is sent


async def test_an_order_says_all_that_was_asked_for_in_the_models_own_words(service: Service) -> None:
    options: VideoOptions[bytes] = VideoOptions(sound=False)
    remote_id = await service.provider.submit(an_order(seconds=6, size=Size(1080, 1920), options=options))
    made = service.host.created[0].ordered
    assert remote_id == f"fal-ai/veo3.1/requests/{service.host.created[0].id}"
    assert (made.model, made.seconds, made.size, made.sound) == ("fal-ai/veo3.1", 6, (1080, 1920), False)
    assert made.prompt == "a red fox in the snow"


async def test_every_order_has_a_seed_of_its_own_where_the_model_takes_one(service: Service) -> None:
    await service.provider.submit(an_order())
    await service.provider.submit(an_order(own_name="another"))
    await service.provider.submit(an_order(card=LTX))
    assert [made.ordered.seed for made in service.host.created] == [seed_of(OWN_NAME), seed_of("another"), None]


async def test_a_seed_that_was_asked_for_is_sent(service: Service) -> None:
    await service.provider.submit(an_order(options=VideoOptions(seed=7)))
    assert service.host.created[0].ordered.seed == 7


@pytest.mark.parametrize(
    ("order", "endpoint"),
    [
        (an_order(picture=a_picture()), "fal-ai/veo3.1/image-to-video"),
        (an_order(picture=a_picture(), method=RemixMethod.FRAME), "fal-ai/veo3.1/image-to-video"),
        (
            an_order(picture=a_picture(), options=VideoOptions(end=a_picture())),
            "fal-ai/veo3.1/first-last-frame-to-video",
        ),
        (an_order(card=LTX, picture=a_picture(FULL)), "fal-ai/ltx-2.3/image-to-video/fast"),
        (
            an_order(card=LTX, picture=a_picture(FULL), options=VideoOptions(end=a_picture(FULL))),
            "fal-ai/ltx-2.3/image-to-video/fast",
        ),
    ],
    ids=["picture", "frame", "two frames", "ltx", "ltx with an end"],
)
async def test_pictures_go_to_the_endpoint_that_takes_them(service: Service, order: Order, endpoint: str) -> None:
    remote_id = await service.provider.submit(order)
    made = service.host.created[0].ordered
    assert (made.model, made.picture, made.end) == (endpoint, order.picture, order.options.end)
    service.finish()
    assert isinstance(await service.provider.look(remote_id), Ready)


@pytest.mark.parametrize(
    "order",
    [
        an_order(card=LTX, options=VideoOptions(seed=7)),
        an_order(options=VideoOptions(references=(a_picture(),))),
        an_order(options=VideoOptions(negative_prompt="rain")),
        an_order(card=MOVIOLA, picture=a_picture()),
        an_order(size=Size(1280, 333)),
    ],
    ids=["seed", "references", "negative prompt", "picture", "an odd size"],
)
async def test_what_a_model_has_no_name_for_is_refused_before_anything_is_sent(service: Service, order: Order) -> None:
    with pytest.raises(Refused):
        await service.provider.submit(order)
    assert service.host.asked[Operation.CREATE] == 0


async def test_a_video_of_its_own_is_changed_and_extended_from_its_address(service: Service) -> None:
    source = await service.finished()
    edit = an_order("at night", card=MOVIOLA, method=RemixMethod.NATIVE, source_id=source)
    extend = an_order("it runs off", card=MOVIOLA, method=RemixMethod.EXTEND, source_id=source, seconds=10)
    remixes = [await service.provider.submit(order) for order in (edit, extend)]
    service.finish()
    assert [await service.provider.look(each) for each in remixes] == [Ready(gpu_seconds=WORKED)] * 2
    assert [made.ordered.lineage for made in service.host.created[1:]] == [
        ("a red fox in the snow", "at night"),
        ("a red fox in the snow", "it runs off"),
    ]


async def test_a_source_that_is_gone_leads_to_the_next_way(service: Service) -> None:
    order = an_order(card=MOVIOLA, method=RemixMethod.NATIVE, source_id="simulated/moviola/requests/none")
    with pytest.raises(Unsupported):
        await service.provider.submit(order)
    assert service.host.asked[Operation.CREATE] == 0
    assert await service.provider.remix_methods(MOVIOLA) == MOVIOLA.remix
    assert await service.provider.remix_methods(LTX) == LTX.remix


@pytest.mark.parametrize("remote", ["ltx", "fal-ai/ltx-2.3/", "/fal-ai/ltx", "fal-ai/../ltx", "fal-ai/ltx?x=y"])
async def test_nothing_is_sent_to_a_model_whose_orders_could_not_be_asked_about(service: Service, remote: str) -> None:
    with pytest.raises(Refused, match="no model called"):
        await service.provider.submit(an_order(card=replace(LTX, remote=remote)))
    assert service.host.asked[Operation.CREATE] == 0


@pytest.mark.parametrize("trouble", [Reset(), Say(status=503), Say(status=429)], ids=["cut off", "away", "busy"])
async def test_a_source_that_cannot_be_asked_about_sends_nothing(service: Service, trouble: Fault) -> None:
    source = await service.finished()
    service.host.trouble.next(Operation.CONTENT, trouble)
    with pytest.raises(Unavailable):
        await service.provider.submit(an_order(card=MOVIOLA, method=RemixMethod.NATIVE, source_id=source))
    assert service.host.asked[Operation.CREATE] == 1


# Answers to an order


@pytest.mark.parametrize("said", ["User is locked. Reason: Exhausted balance.", "Exhausted balance"])
async def test_a_locked_account_is_a_matter_of_whoever_runs_the_bot(service: Service, said: str) -> None:
    service.host.trouble.next(Operation.CREATE, Say(status=403, body={"detail": said}))
    with pytest.raises(AccountTrouble, match="no credit left on the account of FAL_API_KEY"):
        await service.provider.submit(an_order())


async def test_refused_words_are_the_members_matter(service: Service) -> None:
    fault = {"loc": ["body", "prompt"], "msg": "flagged", "type": "content_policy_violation"}
    service.host.trouble.next(Operation.CREATE, Say(status=422, body={"detail": [fault]}))
    with pytest.raises(Refused) as refused:
        await service.provider.submit(an_order())
    assert refused.value.cause is Cause.MODERATION


@pytest.mark.parametrize("status", [500, 502, 504, 408])
async def test_an_order_answered_with_trouble_is_unknown_and_not_sent_again(service: Service, status: int) -> None:
    service.host.trouble.next(Operation.CREATE, Say(status=status, after=True))
    with pytest.raises(OutcomeUnknown):
        await service.provider.submit(an_order())
    assert service.host.asked[Operation.CREATE] == 1


async def test_a_model_that_is_not_there_is_named(service: Service) -> None:
    service.host.trouble.next(Operation.CREATE, Say(status=404, body={"detail": 'Application "x" not found'}))
    with pytest.raises(Refused, match=r"no model called “fal-ai/veo3\.1/image-to-video”"):
        await service.provider.submit(an_order(picture=a_picture()))


# The state


async def test_it_waits_renders_and_is_ready(service: Service) -> None:
    remote_id = await service.provider.submit(an_order())
    assert await service.provider.look(remote_id) == Waiting()
    service.clock.now += 50
    assert await service.provider.look(remote_id) == Waiting()
    service.finish()
    assert await service.provider.look(remote_id) == Ready(gpu_seconds=WORKED)


@pytest.mark.parametrize(
    ("prompt", "cause", "charged"),
    [
        ("a fox [moderated]", Cause.MODERATION, True),
        ("a fox [refused]", Cause.MODERATION, False),
        ("a fox [breaks]", Cause.PROVIDER, False),
    ],
)
async def test_completed_is_not_success(service: Service, prompt: str, cause: Cause, *, charged: bool) -> None:
    """Work by a runner may be billed; fal's own errors, and immediate refusals, are not."""
    broken = await service.provider.look(await service.finished(an_order(prompt)))
    assert isinstance(broken, Broken)
    assert (broken.cause, broken.charged, broken.cost) == (cause, charged, None)


async def test_a_field_that_the_model_does_not_take_is_said_when_it_is_run(service: Service) -> None:
    broken = await service.provider.look(await service.finished(an_order(seconds=7)))
    assert isinstance(broken, Broken)
    assert (broken.cause, broken.charged) == (Cause.INVALID, False)
    assert "duration: Input should be '8s', '4s', '6s'" in str(broken.reason)


@pytest.mark.parametrize(("status", "trouble"), [(502, Unavailable), (429, Unavailable), (403, AccountTrouble)])
async def test_trouble_with_telling_the_result_is_no_outcome(
    service: Service, status: int, trouble: type[Exception]
) -> None:
    remote_id = await service.finished()
    service.host.trouble.next(Operation.CONTENT, Say(status=status, body={"detail": "later"}))
    with pytest.raises(trouble):
        await service.provider.look(remote_id)
    assert await service.provider.look(remote_id) == Ready(gpu_seconds=WORKED)


@pytest.mark.parametrize(
    "said",
    [Say(status=502, body={"detail": "Bad Gateway"}), Say(status=500, body="<html>"), Say(status=303, body={})],
    ids=str,
)
async def test_what_was_made_is_not_given_up_while_its_result_cannot_be_told(service: Service, said: Say) -> None:
    remote_id = await service.finished()
    service.host.trouble.next(Operation.CONTENT, said, said, said)
    for _ in range(3):
        with pytest.raises(Unavailable):
            await service.provider.look(remote_id)
    assert await service.provider.look(remote_id) == Ready(gpu_seconds=WORKED)


async def test_an_error_of_fals_own_that_comes_twice_is_the_outcome(service: Service) -> None:
    remote_id = await service.finished()
    said = Say(status=500, body={"detail": "no"}, headers={"X-Fal-Error-Type": "runner_server_error"})
    service.host.trouble.next(Operation.CONTENT, said, said)
    with pytest.raises(Unavailable):
        await service.provider.look(remote_id)
    assert isinstance(await service.provider.look(remote_id), Broken)


async def test_a_result_that_is_not_kept_any_more_is_gone_when_it_is_fetched(service: Service, tmp_path: Path) -> None:
    remote_id = await service.finished()
    gone = Say(status=404, body={"detail": "Request not found"})
    service.host.trouble.next(Operation.CONTENT, gone, gone)
    assert await service.provider.look(remote_id) == Ready(gpu_seconds=WORKED)
    with pytest.raises(Gone):
        await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


# The file


async def test_the_file_is_brought(service: Service, tmp_path: Path) -> None:
    remote_id = await service.finished()
    assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes()[4:8] == b"ftyp"
    assert not await service.provider.fetch(remote_id, Asset.THUMBNAIL, tmp_path / "t.webp")


async def test_a_deleted_video_is_gone(service: Service, tmp_path: Path) -> None:
    remote_id = await service.finished()
    assert await service.provider.forget(remote_id)
    with pytest.raises(Gone):
        await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_key_that_may_not_delete_leaves_it(service: Service) -> None:
    remote_id = await service.finished()
    service.host.trouble.next(Operation.DELETE, Say(status=403, body={"detail": "Admin key required"}))
    assert not await service.provider.forget(remote_id)


# Cancelling


async def test_what_waits_is_stopped(service: Service) -> None:
    remote_id = await service.provider.submit(an_order())
    assert await service.provider.cancel(remote_id)
    broken = await service.provider.look(remote_id)
    assert isinstance(broken, Broken)
    assert (broken.charged, broken.gpu_seconds) == (False, 0.05)


async def test_what_was_stopped_after_a_runner_had_it_counts_as_paid(service: Service) -> None:
    remote_id = await service.provider.submit(an_order())
    assert await service.provider.cancel(remote_id)
    stopped = {"status": "COMPLETED", "error_type": "client_cancelled", "metrics": {"inference_time": 30}}
    service.host.trouble.next(Operation.LOOK, Say(body=stopped))
    broken = await service.provider.look(remote_id)
    assert isinstance(broken, Broken)
    assert (broken.charged, broken.gpu_seconds) == (True, 30)


async def test_what_was_refused_after_a_runner_had_it_is_measured(service: Service) -> None:
    """If a model's time is charged, the measured time is charged, not the maximum."""
    remote_id = await service.finished()
    refused = {"status": "BLOCKED", "metrics": {"inference_time": 12.5}}
    service.host.trouble.next(Operation.LOOK, Say(body=refused))
    broken = await service.provider.look(remote_id)
    assert isinstance(broken, Broken)
    assert (broken.charged, broken.gpu_seconds) == (True, 12.5)


async def test_what_is_being_made_may_still_stop(service: Service) -> None:
    remote_id = await service.provider.submit(an_order())
    service.clock.now += 50
    with pytest.raises(Unavailable, match="hasn't stopped this video yet"):
        await service.provider.cancel(remote_id)
    service.finish()
    assert not await service.provider.cancel(remote_id)
    assert await service.provider.look(remote_id) == Ready(gpu_seconds=WORKED)


# Lost orders


async def test_a_lost_order_is_listed_with_its_seed_once_it_has_ended(service: Service) -> None:
    service.host.trouble.next(Operation.CREATE, Reset(after=True))
    with pytest.raises(OutcomeUnknown):
        await service.provider.submit(an_order())
    assert await service.provider.recent(since(service), CARDS) == []
    service.finish()
    listed = await service.provider.recent(since(service), CARDS)
    assert listed == [
        Listed(
            remote_id=f"fal-ai/veo3.1/requests/{service.host.created[0].id}",
            created_at=datetime.fromtimestamp(STARTED_AT, UTC),
            model="fal-ai/veo3.1",
            prompt="a red fox in the snow",
            seconds="8",
            size="1280x720",
            seed=seed_of(OWN_NAME),
        )
    ]
    assert service.provider.lists_late


async def test_an_id_in_the_list_is_the_one_that_an_order_was_answered_with(service: Service) -> None:
    orders = [
        an_order(picture=a_picture()),
        an_order(card=LTX),
        an_order(card=LTX, picture=a_picture(FULL)),
        an_order("b [breaks]", card=MOVIOLA),
    ]
    given = {await service.provider.submit(order) for order in orders}
    service.finish()
    listed = await service.provider.recent(since(service), CARDS)
    assert listed is not None
    assert {entry.remote_id for entry in listed} == given
    assert {entry.model for entry in listed} == {card.remote for card in CARDS}


@only_in_full("takes a second")
async def test_the_list_is_read_to_its_end(service: Service) -> None:
    for number in range(45):
        await service.provider.submit(an_order(f"fox {number}"))
    service.finish()
    listed = await service.provider.recent(since(service), CARDS)
    assert listed is not None
    assert len(listed) == 45
    assert service.host.asked[Operation.LIST] == 3


@pytest.mark.parametrize("said", [Say(status=404), Say(body="<html>"), Say(body={"data": []})], ids=str)
async def test_a_host_without_a_list_cannot_tell(service: Service, said: Say) -> None:
    service.host.trouble.next(Operation.LIST, said)
    assert await service.provider.recent(since(service), CARDS) is None


async def test_without_a_card_there_is_nothing_to_list_by(service: Service) -> None:
    assert await service.provider.recent(since(service)) is None
    assert service.host.asked[Operation.LIST] == 0


# The account


async def test_models_are_named_and_a_key_is_checked_for_nothing(service: Service) -> None:
    await service.provider.check()
    served = await service.provider.served()
    assert served is not None
    assert {VEO.remote, LTX.remote} <= set(served)
    assert service.host.created == ()
    assert VEO.sizes[0] == WIDE


async def test_prices_are_what_the_service_says_of_each_endpoint(service: Service) -> None:
    assert await service.provider.unit_prices([VEO, LTX]) == {
        VEO.id: UnitPrice(price=Usd.of("0.40"), unit="seconds"),
        LTX.id: UnitPrice(price=Usd.of("0.04"), unit="seconds"),
    }


@pytest.mark.parametrize(
    "row",
    [
        {"unit_price": 1, "unit": "seconds", "currency": "EUR"},
        {"unit_price": -1, "unit": "seconds"},
        {"unit_price": True, "unit": "seconds"},
        {"unit_price": "much", "unit": "seconds"},
        {"unit_price": float("nan"), "unit": "seconds"},
        {"unit_price": 1},
    ],
)
async def test_a_price_that_makes_no_sense_is_none(service: Service, row: dict[str, object]) -> None:
    said = Say(body={"prices": [row | {"endpoint_id": VEO.remote}, None]})
    service.host.trouble.next(Operation.KEY, said)
    assert await service.provider.unit_prices([VEO]) == {}


async def test_a_price_finer_than_the_books_is_rounded_up(service: Service) -> None:
    row = {"endpoint_id": VEO.remote, "unit_price": 0.00000105, "unit": "seconds", "currency": "USD"}
    service.host.trouble.next(Operation.KEY, Say(body={"prices": [row]}))
    price = UnitPrice(price=Usd(2), unit="seconds", dollars=Decimal("0.00000105"))
    assert await service.provider.unit_prices([VEO]) == {VEO.id: price}


@pytest.mark.parametrize(
    "entered", ["https://queue.fal.run/", "https://fal.run", "https://api.fal.ai/v1", "https://fal.ai"]
)
def test_whichever_address_of_fals_is_entered_orders_go_to_its_queue(entered: str) -> None:
    account = at_queue(an_account("fal", base_url=entered))
    assert (account.base_url, platform_of(account.base_url)) == ("https://queue.fal.run", "https://api.fal.ai/v1")


def test_a_host_that_passes_fal_on_has_the_rest_beside() -> None:
    account = at_queue(an_account("fal", base_url="https://proxy.example/fal"))
    assert platform_of(account.base_url) == "https://proxy.example/fal/v1"


async def test_the_credit_that_a_models_maker_has_left_is_not_the_accounts(service: Service) -> None:
    remote_id = await service.finished()
    fault = {"loc": ["body"], "msg": "You exceeded your current quota", "type": "downstream_service_error"}
    service.host.trouble.next(Operation.CONTENT, Say(status=422, body={"detail": [fault]}))
    assert isinstance(await service.provider.look(remote_id), Broken)
