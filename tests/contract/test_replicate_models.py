"""Replicate's descriptions of its models as catalogue rows: requested over HTTP, printed, loaded and ordered from."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.doctor.discovery import Served, rows
from bot.domain.errors import AccountTrouble, Refused, Unavailable
from bot.domain.models.abilities import Ability
from bot.domain.video import RemixMethod, Size
from bot.providers.catalogue.load import load_catalogue
from bot.providers.replicate.models import fields_of, suggested
from bot.sandbox.video.replicate.menu import MODELS, description_of
from bot.sandbox.video.trouble import Operation, Say
from tests.builders import an_account
from tests.contract.replicate_services import GROK, KLING, MOVIOLA, WAN, Service, a_replicate

HOST = "127.0.0.1"


def described(properties: dict[str, Any], **changes: Any) -> dict[str, Any]:
    schema = {
        "properties": {"prompt": {"type": "string"}, **properties},
        "required": changes.pop("required", ["prompt"]),
    }
    version = {"openapi_schema": {"components": {"schemas": {"Input": schema}}}}
    return {"owner": "somebody", "name": "model", "latest_version": version, **changes}


def account_at(service: Service, key: str = "sandbox-key") -> Any:
    return an_account("replicate", key=key, base_url=service.base_url)


def test_a_schema_says_lengths_sizes_and_options_the_usual_ones_first() -> None:
    assert fields_of(description_of(MOVIOLA)) == {
        "seconds": (5, 10),
        "sizes": (Size(854, 480), Size(480, 854), Size(1280, 720), Size(720, 1280)),
        "picture": True,
        "remix": (RemixMethod.FRAME, RemixMethod.LAST_FRAME, RemixMethod.REPROMPT),
        "options": (Ability.SOUND, Ability.SEED, Ability.NEGATIVE_PROMPT, Ability.END),
        "references": 4,
    }
    wan = fields_of(description_of(WAN)) or {}
    assert wan["seconds"][:3] == (5, 2, 3)
    assert wan["sizes"][0] == Size(1280, 720)


def test_what_a_schema_does_not_say_is_no_field() -> None:
    assert fields_of(described({})) == {"picture": False, "remix": (RemixMethod.REPROMPT,)}
    odd = {"duration": {"type": "number"}, "resolution": {"enum": ["huge"]}, "aspect_ratio": {"enum": ["16:9"]}}
    assert not {"seconds", "sizes"} & (fields_of(described(odd)) or {}).keys()


@pytest.mark.parametrize(
    "model",
    [
        described({}, is_official=False),
        described({"image": {"type": "string"}}, required=["prompt", "image"]),
        described({"prompt": None}),
        {"owner": "somebody", "name": "bare"},
        {"latest_version": None},
        [],
    ],
    ids=["not official", "needs a picture", "no words", "no version", "nothing", "no model"],
)
def test_a_model_that_cannot_be_ordered_is_left_out(model: object) -> None:
    assert fields_of(model) is None


async def test_its_collections_are_read_and_bare_entries_asked_about() -> None:
    async with a_replicate() as service:
        bare = {"models": [{"owner": "alibaba", "name": "wan-3"}, {"name": "nobody's"}, 7]}
        service.host.trouble.next(Operation.COLLECTION, Say(body=bare), Say(status=404))
        assert list(await suggested(account_at(service))) == [WAN]
        assert service.host.asked[Operation.MODELS] == 1
        assert sorted(await suggested(account_at(service))) == sorted(MODELS)
        assert service.host.asked[Operation.MODELS] == 1
        assert list(await suggested(account_at(service), [KLING])) == [KLING]


async def test_trouble_is_told() -> None:
    async with a_replicate() as service:
        with pytest.raises(Refused, match="nobody/nothing"):
            await suggested(account_at(service), ["nobody/nothing"])
        with pytest.raises(AccountTrouble):
            await suggested(account_at(service, key="another"))
        service.host.trouble.next(Operation.COLLECTION, Say(status=500))
        with pytest.raises(Unavailable):
            await suggested(account_at(service))


def test_a_row_needs_nothing_but_a_price(tmp_path: Path) -> None:
    said = Served(
        provider="replicate",
        host=HOST,
        names=[MOVIOLA, GROK],
        fields={MOVIOLA: fields_of(description_of(MOVIOLA)) or {}},
    )
    text = rows([said], [], everything=False)
    assert list(tomllib.loads(text)["models"]) == ["moviola-1", "grok-imagine-video"]
    rest = text[: text.index("[models.grok-imagine-video]")]
    assert re.findall(r'^# "(\w+)" = "\?"$', rest, re.MULTILINE) == ["854x480", "480x854", "1280x720", "720x1280"]
    own = tmp_path / "own.toml"
    own.write_text(rest.replace('# "854x480" = "?"', '"854x480" = "0.08"'))
    card = load_catalogue(own, {"replicate": HOST}, date(2026, 11, 29)).card("moviola-1")
    assert (card.seconds, card.sizes[0], card.takes_picture) == ((5, 10), Size(854, 480), True)
    assert card.abilities.options == set(Ability) - {Ability.LORA}  # only for one's own workflows
