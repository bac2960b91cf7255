"""The model catalogue: its defaults, what a host's own file changes, and how errors in it are reported."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from bot.domain.errors import BadRequest, CannotStart
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import FREE, Usd
from bot.domain.video import RemixMethod, Size
from bot.providers.catalogue.load import SHIPPED, load_catalogue

TODAY = date(2026, 11, 23)
WIDE = Size(1280, 720)
NEW = """
[models.mine]
label = "Mine"
provider = "openai"
remote = "my/model"
seconds = [5]
sizes = ["640x480"]
"""


def at(host: str, path: Path | None = None, today: date = TODAY) -> Catalogue:
    return load_catalogue(path, {"openai": host}, today)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "models.toml"


def test_sora_is_what_a_gateway_offers_first() -> None:
    catalogue = at("gateway.example.net")
    assert list(catalogue.cards) == ["sora-2", "sora-2-pro"]
    assert catalogue.default.id == "sora-2"
    assert catalogue.retired == {}


def test_what_sora_costs() -> None:
    cards = at("gateway.example.net").cards
    assert cards["sora-2"].quote(8, WIDE) == Usd.of("0.80")
    assert cards["sora-2-pro"].quote(4, WIDE) == Usd.of("1.20")
    assert cards["sora-2-pro"].quote(4, Size(1024, 1792)) == Usd.of("2.00")


def test_what_sora_can_do() -> None:
    card = at("gateway.example.net").cards["sora-2"]
    assert card.seconds == (4, 8, 12)
    assert card.takes_picture
    assert card.remix == (
        RemixMethod.NATIVE,
        RemixMethod.EDIT,
        RemixMethod.FRAME,
        RemixMethod.LAST_FRAME,
        RemixMethod.EXTEND,
        RemixMethod.REPROMPT,
    )
    assert card.typical_seconds == 100.0


@pytest.mark.parametrize(
    ("host", "last", "first"),
    [
        ("api.openai.com", date(2026, 9, 23), date(2026, 9, 24)),
        ("studio.openai.azure.com", date(2026, 10, 14), date(2026, 10, 15)),
    ],
)
def test_sora_closes_on_its_day(host: str, last: date, first: date) -> None:
    assert list(at(host, today=last).cards) == ["sora-2", "sora-2-pro"]
    closed = at(host, today=first)
    assert dict(closed.cards) == {}
    assert set(closed.retired) == {"sora-2", "sora-2-pro"}
    with pytest.raises(BadRequest, match=r"MiniMax H3 at api\.saygm\.com"):
        closed.card("sora-2")


def test_a_host_offers_only_what_it_serves() -> None:
    assert list(at("api.saygm.com").cards) == ["minimax-h3"]
    card = at("api.saygm.com").cards["minimax-h3"]
    assert card.quote(5, card.sizes[0]) == Usd.of("0.36")


def test_a_model_of_a_provider_that_is_not_set_up_is_left_out() -> None:
    assert dict(load_catalogue(None, {}, TODAY).cards) == {}


def test_a_model_for_a_machine_of_ones_own_is_hidden_until_it_is_asked_for(own: Path) -> None:
    assert "wan-2.2" not in at("gpu.example.net").cards
    own.write_text('default = "wan-2.2"\n[models."wan-2.2"]\nenabled = true\nhosts = ["gpu.example.net"]\n')
    catalogue = at("gpu.example.net", own)
    assert catalogue.default.id == "wan-2.2"
    assert catalogue.default.quote(5, WIDE) == FREE
    assert "wan-2.2" not in at("other.example.net", own).cards


def test_ones_own_file_overrides_field_by_field(own: Path) -> None:
    own.write_text('[models.sora-2]\nlabel = "Ours"\nremix = ["edit"]\n[models.sora-2.price]\n"1280x720" = "0.05"\n')
    card = at("gateway.example.net", own).cards["sora-2"]
    assert (card.label, card.remote, card.remix) == ("Ours", "sora-2", (RemixMethod.EDIT,))
    assert card.per_second == {WIDE: Usd.of("0.05"), Size(720, 1280): Usd.of("0.10")}


def test_a_model_can_be_hidden(own: Path) -> None:
    own.write_text("[models.sora-2]\nenabled = false\n")
    assert list(at("gateway.example.net", own).cards) == ["sora-2-pro"]


def test_a_model_can_be_added_and_has_no_price_until_one_is_given(own: Path) -> None:
    own.write_text(NEW)
    card = at("gateway.example.net", own).cards["mine"]
    assert (card.remote, card.seconds, card.remix) == ("my/model", (5,), (RemixMethod.REPROMPT,))
    with pytest.raises(BadRequest, match="no price for 640x480") as caught:
        card.quote(5, Size(640, 480))
    assert '`"640x480" = "0.10"`' in caught.value.sentence
    assert f'under `[models."mine".price]` in {own}.' in caught.value.sentence


def test_without_a_file_of_ones_own_a_missing_price_names_the_setting() -> None:
    with pytest.raises(BadRequest, match="in a file named in MODELS_FILE"):
        at("gateway.example.net").cards["sora-2"].quote(4, Size(640, 480))


def test_lengths_in_any_order_and_any_day_of_prices_are_fine(own: Path) -> None:
    own.write_text("[models.sora-2]\nseconds = [12, 4, 8]\npriced = 2031-01-01\n")
    card = at("gateway.example.net", own).cards["sora-2"]
    assert (card.seconds, card.priced) == ((12, 4, 8), date(2031, 1, 1))


@pytest.mark.parametrize(
    "prices",
    [
        '[models.sora-2.price]\n"1280x720" = "0.05"\n',
        '[models.sora-2.remix_price.native]\n"1280x720" = "0.05"\n',
        '[models.sora-2.source_price]\nnative = "0.01"\n',
    ],
)
def test_new_prices_forget_the_day_on_which_the_shipped_ones_were_read(own: Path, prices: str) -> None:
    own.write_text(prices)
    assert at("gateway.example.net", own).cards["sora-2"].priced is None
    own.write_text('[models.sora-2]\npriced = 2026-11-01\n[models.sora-2.price]\n"1280x720" = "0.05"\n')
    assert at("gateway.example.net", own).cards["sora-2"].priced == date(2026, 11, 1)


def test_sizes_that_are_taken_away_take_their_prices_along(own: Path) -> None:
    own.write_text('[models.sora-2]\nsizes = ["1280x720", "640x480"]\n')
    assert at("gateway.example.net", own).cards["sora-2"].per_second == {WIDE: Usd.of("0.10")}


def test_a_default_that_cannot_be_ordered_here_leaves_the_first(own: Path) -> None:
    own.write_text('default = "minimax-h3"\n')
    assert at("gateway.example.net", own).default.id == "sora-2"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[models", "is not proper TOML: Expected"),
        (f"models = {'[' * 5000}", "is not proper TOML: it has too many brackets within brackets"),
        (f"default = {'9' * 5000}", "is not proper TOML: a number in it has too many digits"),
        ("x = 1", "'x' is not known"),
        ("models = 1", "models are written as"),
        ("default = 1", "default has to be the ID"),
        ('default = "nothing"', "default = 'nothing' names a model that is not in the catalogue"),
        ("[models]\nx = 1", r"\[models.x\] has to be a table"),
        ("\n[models.sora-2]\nlable = 'x'", r"line 3: \[models.sora-2\] lable is not a field .* did you mean 'label'\?"),
        ("[models.sora-2]\nlabel = ''", r"line 2: \[models.sora-2\] label has to be a text"),
        ("[models.sora-2]\nseconds = [4.5]", r"line 2: .* seconds has to be a list of whole seconds"),
        ("[models.sora-2]\nseconds = []", "seconds has to be a list"),
        ("[models.sora-2]\nsizes = ['big']", "sizes 'big' is not a size like 1280x720"),
        ("[models.sora-2]\nremix = ['magic']", "remix 'magic' is no way to remix; there are 'native'"),
        ("[models.sora-2]\npicture = 'yes'", "picture has to be true or false"),
        ("[models.sora-2]\ntypical = 0", "typical has to be a number of seconds"),
        ("[models.sora-2]\nhosts = 'a'", "hosts has to be a list of texts"),
        ("[models.sora-2]\nprice = 1", "price has to be a table"),
        (
            "[models.sora-2.price]\n'720x1280' = '0.1'\n'1280x720' = 0.1",
            r"line 3: \[models.sora-2\] price 1280x720: 0.1 is no price",
        ),
        ("[models.sora-2]\nprice = { '1280x720' = 0.1 }", r"line 2: .* price 1280x720: 0.1 is no price"),
        ("[models.sora-2.price]\n\n'big' = '0.1'", r"line 3: .* price 'big' is not a size like 1280x720"),
        (
            "[models.sora-2.price]\n'1280x721' = '0.1'",
            r"line 2: .* price 1280x721: the model does not make this size; its sizes are 1280x720 or 720x1280",
        ),
        (
            "[models.sora-2.remix_price.edit]\n'1280x720' = 'much'",
            r"line 2: \[models.sora-2\] remix_price 1280x720: 'much' is no price",
        ),
        ("[models.sora-2]\npriced = '2026-01-01'", r"line 2: .* priced has to be a date such as"),
        ("[models.sora-2.price]\n'1280x720' = '-1'", "price 1280x720: '-1' is no price"),
        ("[models.sora-2.price]\n'1280x720' = 'NaN'", "price 1280x720: 'NaN' is no price"),
        ("[models.sora-2.price]\n'1280x720' = '0.00000001'", "finer than a micro-dollar"),
        (
            "[models.sora-2.fields]\nseed = 'seed'\n'end.colour' = 'x'",
            r"line 3: \[models.sora-2\] fields 'colour' is no part of an order; there are 'prompt'",
        ),
        (
            "[models.sora-2.fields]\n'upscale.seed' = 'seed'",
            r"line 2: .* fields 'upscale' is no endpoint; there are 'pic",
        ),
        (
            "[models.sora-2.fields]\nseconds = 'duration as minutes'",
            "fields seconds: 'duration as minutes' is no name",
        ),
        ("[models.sora-2.endpoints]\npicture = 'image to video'", r"line 2: .* endpoints picture: 'image to video' is"),
        ("[models.sora-2]\nendpoints = 'x'", "endpoints has to be written as"),
        ("[[models.sora-2.retired]]\nsince = 2026-01-01", r"line 1: .* retired needs exactly: hosts, since"),
        (
            "[[models.x.retired]]\nhosts=['a']\nsince=2026-01-01\ninstead='B.'\n[[models.x.retired]]\nhosts=['a']",
            r"line 5: .* retired needs exactly: hosts, since",
        ),
        ("[models.'sora-2']\nlabel = 'x'\n[models.sora-2-pro]\nlabel = 1", r"line 4: \[models.sora-2-pro\] label"),
        ("[models.mine]\nlabel = 'Mine'", r"line 1: \[models.mine\] is a new model and needs: provider, remote"),
    ],
)
def test_a_mistake_is_named_with_file_model_and_field(own: Path, content: str, words: str) -> None:
    own.write_text(content)
    with pytest.raises(CannotStart, match=words) as caught:
        at("gateway.example.net", own)
    assert str(own) in caught.value.sentence


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"nothing\.toml cannot be read"):
        at("gateway.example.net", tmp_path / "nothing.toml")


def test_every_shipped_size_has_a_price_and_every_price_its_source() -> None:
    models = tomllib.loads(SHIPPED.read_text())["models"]
    for model in models.values():
        assert set(model["sizes"]) == set(model["price"])
        assert isinstance(model["priced"], date)
    for line in SHIPPED.read_text().splitlines():
        if re.match(r'"\d+x\d+" =', line):
            assert re.search(r"# (as above|.*\d{4}-\d{2})", line), line
