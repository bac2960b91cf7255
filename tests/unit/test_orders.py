"""From a request to an order with its price: images, and the menu that animates them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.access.limits import UNLIMITED
from bot.domain.errors import BadRequest
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.video import Size
from bot.jobs.ordering.quoting import OrderRequest, Quoting
from bot.ui.interactions.picture_choices import Offered, pictures_of, recall, remember
from tests.builders import TALL, WIDE, a_card, a_catalogue, a_done_job, a_request
from tests.scripted import PlainMediaProcessor
from tests.workbench import Bench, a_bench

HOSTS = frozenset({"cdn.discordapp.com"})
LARGE = Size(1792, 1024)


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


def orders_of(bench: Bench, *cards: ModelCard) -> Quoting:
    return Quoting(a_catalogue(*cards), PlainMediaProcessor(), bench.context.files, bench.context.remix_planner)


async def test_a_picture_that_costs_something_is_in_the_price(bench: Bench) -> None:
    orders = orders_of(bench, a_card(per_picture=Usd.of("0.03")))
    assert (await orders.new(OrderRequest(prompt="a fox"))).price == Usd.of("0.40")
    assert (await orders.new(OrderRequest(prompt="a fox", image=b"picture"))).price == Usd.of("0.43")
    assert orders.animation(None).price == Usd.of("0.43")


async def test_an_order_is_not_repeated_with_another_model_that_has_its_name_by_now(bench: Bench) -> None:
    orders, other = orders_of(bench, a_card()), orders_of(bench, a_card(id="films-2", label="Sora 2"))
    source, quote = a_done_job(), await orders.new(OrderRequest(prompt="a fox"))
    remix = a_done_job(request=a_request(source=source.id))
    assert (await orders.again(source, None)).request.model == "sora-2"
    for repeated in (
        other.again(source, None),
        other.again(remix, source),
        other.price_again(source, None),
        other.today(quote, None, UNLIMITED),
    ):
        with pytest.raises(BadRequest, match=r"no model called “sora-2”\. Did you mean Sora 2\? You weren't charged"):
            await repeated


@pytest.mark.parametrize(
    ("picture", "becomes"),
    [(None, WIDE), (Size(600, 900), TALL), (Size(1920, 1080), WIDE), (Size(1600, 1000), WIDE), (Size(900, 900), WIDE)],
)
def test_a_picture_becomes_a_video_of_about_its_shape(bench: Bench, picture: Size | None, becomes: Size) -> None:
    """1600x1000 is slightly closer to the large size, which would cost five times as much."""
    dear = a_card(
        sizes=(WIDE, TALL, LARGE), per_second={WIDE: Usd.of("0.10"), TALL: Usd.of("0.10"), LARGE: Usd.of("0.50")}
    )
    assert orders_of(bench, dear).animation(picture).request.size == becomes


def test_the_default_model_moves_pictures_if_it_can_and_else_the_first_that_does(bench: Bench) -> None:
    blind, other, third = a_card(id="a", takes_picture=False), a_card(id="b"), a_card(id="c")
    assert orders_of(bench, other, third).animation(None).card == other
    assert orders_of(bench, blind, other, third).animation(None).card == other
    with pytest.raises(BadRequest, match="No model here can start from an image"):
        orders_of(bench, blind).animation(None)


def a_message(*attachments: Any, forwarded: Any = (), components: Any = ()) -> Any:
    snapshots = [SimpleNamespace(attachments=forwarded)]
    return SimpleNamespace(attachments=attachments, message_snapshots=snapshots, components=components)


def attached(name: str, kind: str | None = "image/png", size: int = 10, host: str = "cdn.discordapp.com") -> Any:
    url = f"https://{host}/attachments/1/2/{name}?ex=1"
    return SimpleNamespace(url=url, filename=name, content_type=kind, size=size, width=None, height=None)


def test_pictures_are_found_in_what_was_posted_and_in_what_was_forwarded() -> None:
    message = a_message(
        attached("a.png"),
        attached("b.txt", "text/plain; charset=utf-8"),
        attached("c.heic", "image/heic"),
        attached("d", None),
        forwarded=[attached("e.webp", "image/webp")],
    )
    assert [picture.name for picture in pictures_of(message, HOSTS)] == ["a.png", "e.webp"]


def test_a_picture_that_cannot_be_fetched_is_not_offered_beside_one_that_can() -> None:
    large, elsewhere = attached("large.png", size=30 * 2**20), attached("x.png", host="example.com")
    assert [p.name for p in pictures_of(a_message(large, elsewhere, attached("a.png")), HOSTS)] == ["a.png"]
    with pytest.raises(BadRequest, match=r"30\.0 MB\. The limit is 20 MB"):
        pictures_of(a_message(large), HOSTS)
    with pytest.raises(BadRequest, match="isn't on Discord"):
        pictures_of(a_message(elsewhere), HOSTS)


async def test_each_member_has_one_form_open(bench: Bench) -> None:
    fox, owl = (Offered(url=f"https://cdn.discordapp.com/{name}", name=name, width=3, height=2) for name in "fo")
    await remember(bench.records, 1, "first", [fox])
    await remember(bench.records, 2, "other", [owl])
    assert await recall(bench.records, 1, "first") == [fox]
    await remember(bench.records, 1, "second", [owl])
    with pytest.raises(BadRequest, match="since opened this form"):
        await recall(bench.records, 1, "first")
    with pytest.raises(BadRequest, match="since opened this form"):
        await recall(bench.records, 2, "second")
