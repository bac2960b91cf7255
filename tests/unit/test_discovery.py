"""Catalogue rows for models that a service lists: they can be filled in, and the loader accepts them."""

from __future__ import annotations

import errno
import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.doctor.discovery import Discovery, Served, described, looks_like_video, proposed_id, rows, save
from bot.doctor.models import every_card
from bot.doctor.price_list import row, table, why_not
from bot.domain.errors import BadRequest, CannotStart
from bot.domain.models.card import Retirement
from bot.domain.money.usd import Usd
from bot.domain.video import Size
from bot.providers.catalogue.load import load_catalogue
from bot.settings import Settings
from tests.builders import WIDE, a_card

TODAY = date(2026, 11, 23)
HOST = "gateway.example"
NAMES = ["gpt-9", "minimax/h3", "Wan-AI/Wan2.6-T2V", "sora-2", 'odd "name"/veo 3']


def a_discovery(*, everything: bool = False, names: list[str] | None = None) -> str:
    cards = [card for card, _ in every_card(Settings(discord_token=SecretStr("token")))]
    return rows([Served(provider="openai", host=HOST, names=names or NAMES)], cards, everything=everything)


VIDEO_NAMES = (
    "sora-2 google/veo-3.1-fast wan2.2 kling-v3-pro minimax/h3-max gen4_turbo ray-3.2 cogvideox-5b ltx-2.5 x-t2v "
    "xai/grok-imagine-video-1.5 hailuo2 bytedance/seedance-2.5 gemini-omni-1.2-flash hunyuan_video cosmos3 pika-3"
)


@pytest.mark.parametrize("name", VIDEO_NAMES.split())
def test_names_of_video_models_are_known(name: str) -> None:
    assert looks_like_video(name)


@pytest.mark.parametrize("name", ["gpt-9", "claude-opus-9", "text-embedding-4", "whisper-2", "swan-7b", "array-1"])
def test_others_are_not_taken_for_them(name: str) -> None:
    assert not looks_like_video(name)


def test_what_is_in_the_catalogue_is_a_comment_and_the_rest_is_a_row() -> None:
    text = a_discovery()
    assert "#   sora-2 is [models.sora-2]" in text
    assert "#   minimax/h3 is [models.minimax-h3]" in text
    assert list(tomllib.loads(text)["models"]) == ["veo-3", "wan2.6-t2v"]
    assert "1 more do not look like video models" in text
    assert "gpt-9" not in text
    assert list(tomllib.loads(a_discovery(everything=True))["models"])[-1] == "gpt-9"


def test_a_row_holds_what_is_known_and_says_that_it_needs_a_price() -> None:
    model = tomllib.loads(a_discovery())["models"]["wan2.6-t2v"]
    assert model == {
        "label": "Wan2.6 T2v",
        "provider": "openai",
        "remote": "Wan-AI/Wan2.6-T2V",
        "hosts": [HOST],
        "price": {},
    }
    assert "Without a price it cannot be ordered" in a_discovery()


def load(folder: Path, text: str) -> dict[str, str]:
    file = folder / "own.toml"
    file.write_text(text)
    return {card.id: card.remote for card in load_catalogue(file, {"openai": HOST}, TODAY).cards.values()}


def test_a_row_that_is_filled_in_can_be_ordered(tmp_path: Path) -> None:
    text = a_discovery()
    with pytest.raises(CannotStart, match="needs: seconds, sizes"):
        load(tmp_path, text)
    open_price = re.sub(r'^# (seconds|sizes|"1280x720") = ', r"\1 = ", text, flags=re.MULTILINE)
    with pytest.raises(CannotStart, match="is no price"):
        load(tmp_path, open_price)
    filled = open_price.replace('"?"', '"0.07"')
    assert load(tmp_path, filled)["wan2.6-t2v"] == "Wan-AI/Wan2.6-T2V"
    card = load_catalogue(tmp_path / "own.toml", {"openai": HOST}, TODAY).card("veo-3")
    assert card.remote == 'odd "name"/veo 3'
    assert card.quote(5, WIDE) == Usd.of("0.35")


def test_a_row_without_its_price_is_loaded_and_not_ordered(tmp_path: Path) -> None:
    filled = re.sub(r"^# (seconds|sizes) = ", r"\1 = ", a_discovery(), flags=re.MULTILINE)
    assert "veo-3" in load(tmp_path, filled)
    with pytest.raises(BadRequest, match="has no price"):
        load_catalogue(tmp_path / "own.toml", {"openai": HOST}, TODAY).card("veo-3").quote(5, WIDE)


def test_a_name_that_a_terminal_would_obey_is_written_by_its_numbers() -> None:
    name = "veo\x1b[2J\x9b1A\u2028\U000e0001\u202e 3"
    text = rows([Served(provider="openai", host=HOST, names=[name])], [], everything=True)
    assert all(line.isprintable() for line in text.split("\n"))
    (found,) = tomllib.loads(text)["models"].values()
    assert found["remote"] == name


def test_ids_are_short_and_never_taken_twice() -> None:
    assert proposed_id("wan-ai/wan-2.6", set()) == "wan-2.6"
    assert proposed_id("wan-ai/wan-2.6", {"wan-2.6"}) == "wan-ai-wan-2.6"
    assert proposed_id("wan-ai/wan-2.6", {"wan-2.6", "wan-ai-wan-2.6"}) == "wan-ai-wan-2.6-2"
    assert len(proposed_id("x" * 200, {"x" * 56})) <= 60
    assert proposed_id("影片", set()) == "model"


def test_a_file_is_overwritten_by_force_only(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    save(file, "first", force=False)
    with pytest.raises(CannotStart, match="is there already; --force overwrites it"):
        save(file, "second", force=False)
    assert file.read_text() == "first"
    save(file, "third", force=True)
    assert file.read_text() == "third"


def test_a_file_that_cannot_be_written_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "own.toml"
    save(file, "prices by hand", force=False)
    monkeypatch.setattr(Path, "replace", _refused)
    for place, force in ((file, True), (tmp_path / "new.toml", False)):
        with pytest.raises(CannotStart, match="cannot be written: No space left on device"):
            save(place, "other", force=force)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["prices by hand"]


def test_a_link_to_itself_is_no_file_to_write_to(tmp_path: Path) -> None:
    (tmp_path / "own.toml").symlink_to("own.toml")
    with pytest.raises(CannotStart, match="is a link that leads back to itself"):
        save(tmp_path / "own.toml", "rows", force=True)


def _refused(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_list_says_why_a_model_cannot_be_ordered() -> None:
    card = a_card()
    gone = Retirement(hosts=("*",), since=TODAY, instead="Another.")
    assert why_not(card, HOST, TODAY, is_shown=True) == ""
    assert why_not(card, HOST, TODAY, is_shown=False) == "hidden (enabled = false)"
    assert why_not(card, None, TODAY, is_shown=True) == "openai is off: its key is not set"
    assert why_not(a_card(hosts=("a.example",)), HOST, TODAY, is_shown=True) == "for a.example only"
    assert why_not(a_card(retired=(gone,)), HOST, TODAY, is_shown=True) == "closed on 2026-11-23"
    assert why_not(a_card(per_second={}), HOST, TODAY, is_shown=True) == "no price, so it can't be ordered"
    assert why_not(a_card(per_second={WIDE: Usd(1)}), HOST, TODAY, is_shown=True) == "no price for 720x1280"


def test_the_list_is_a_plain_table_with_prices_and_dates() -> None:
    ends = Retirement(hosts=("*",), since=date(2026, 12, 24), instead="Another.")
    small = Size(832, 480)
    card = a_card(
        sizes=(WIDE, small),
        per_second={WIDE: Usd.of("0.10"), small: Usd.of("0.05")},
        retired=(ends,),
        priced=date(2026, 11, 1),
    )
    line = row(card, {"openai": HOST}, TODAY)
    assert line == (
        "sora-2",
        "openai",
        HOST,
        "$0.05–$0.10",
        "4 s for $0.20",
        "",
        "ends 2026-12-24, priced 2026-11-01",
        "",
    )
    assert table([("a", "bcd", ""), ("efg", "h", "x")]) == "a    bcd\nefg  h    x\n"


@pytest.mark.parametrize(
    ("keys", "provider", "words"),
    [
        ({}, "fal", "Use a service that describes its models"),
        ({"fal_api_key": SecretStr("a-key")}, None, "Use --provider fal"),
        ({"fal_api_key": SecretStr("a-key")}, "gemini", "Use --provider fal"),
    ],
)
async def test_a_model_is_described_by_its_own_service_only(
    keys: dict[str, Any], provider: str | None, words: str
) -> None:
    settings = Settings(discord_token=SecretStr("token"), **keys)
    with pytest.raises(CannotStart, match=words):
        await described(settings, Discovery(provider=provider, models=("fal-ai/veo3.1",)), set())
