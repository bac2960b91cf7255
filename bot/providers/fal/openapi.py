"""A catalogue row from fal's OpenAPI description of each endpoint, which is free and needs no key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

import httpx

from bot.data_classes import value_object
from bot.domain.accounts import Account
from bot.domain.errors import CannotStart, ProviderError
from bot.domain.models.abilities import LARGEST_SEED
from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import UnitPrice
from bot.domain.texts.files import on_one_line
from bot.network.certificates import trusted
from bot.network.unpacking import PACKED, content_of
from bot.providers.common.response import LostError, read_body
from bot.providers.common.sizes import RATIOS, sides
from bot.providers.fal.adapter import QUEUE, FalVideos, at_queue
from bot.providers.fal.fields import seconds_in
from bot.providers.fal.price_tables import Priced, price_tables

DESCRIPTIONS = "https://fal.ai/api/openapi/queue/openapi.json"
PATIENCE = 30.0  # seconds
LARGEST = 16 * 1024**2  # bytes of a description, unpacked
KNOWN = {  # fal's usual names for each part, as far as descriptions were seen (2026-11)
    "seconds": ("duration", "seconds", "video_length"),
    "resolution": ("resolution",),
    "ratio": ("aspect_ratio",),
    "seed": ("seed",),
    "sound": ("generate_audio", "enable_audio"),
    "negative-prompt": ("negative_prompt",),
    "picture": ("image_url", "start_image_url", "first_frame_url"),
    "end": ("end_image_url", "tail_image_url", "last_frame_url"),
    "references": ("reference_image_urls", "image_urls"),
    "video": ("video_url",),
}
RATE = ("fps", "frames_per_second", "frame_rate")
USUAL = ("prompt", *(name for names in KNOWN.values() for name in names))
ABILITIES = ("sound", "seed", "negative-prompt", "end")


@value_object
class Description:
    """The input of one endpoint. `fields` are its JSON schemas by name."""

    endpoint: str
    fields: Mapping[str, Mapping[str, Any]]
    needs: frozenset[str]

    @classmethod
    def of(cls, endpoint: str, document: object) -> Description:
        """Raises CannotStart for anything but the description of such an endpoint."""
        schema = _input(document)
        fields = schema.get("properties") if schema is not None else None
        if schema is None or not isinstance(fields, dict) or "prompt" not in fields:
            raise CannotStart(f"fal has no description of an input with a prompt for {endpoint}.")
        known = {name: _plain(each) for name, each in fields.items() if isinstance(each, dict)}
        needs = schema.get("required")
        required = filter(known.__contains__, map(str, needs)) if isinstance(needs, list) else ()
        return cls(endpoint=endpoint, fields=known, needs=frozenset(required))

    def name_of(self, part: str) -> str | None:
        """None too for a seed limited to small numbers: Kinora sends any seed, which would be refused."""
        name = next((name for name in KNOWN[part] if name in self.fields), None)
        most = self.fields[name].get("maximum") if name is not None and part == "seed" else None
        return None if isinstance(most, int | float) and most < LARGEST_SEED else name

    def choices(self, part: str) -> Sequence[Any]:
        """The values that a part may have, the default first."""
        field = self.fields.get(self.name_of(part) or "", {})
        values = field.get("enum")
        if not isinstance(values, list):
            return ()
        return sorted(values, key=lambda value: value != field.get("default"))

    @property
    def rate(self) -> int | None:
        """Frames per second, unless an order specifies another rate, which Kinora's do not."""
        found = (self.fields[name].get("default") for name in RATE if name in self.fields)
        return next((rate for rate in found if type(rate) is int and rate > 0), None)

    @property
    def role(self) -> str:
        """Our name for an endpoint like this; empty for a prompt alone."""
        if self.name_of("video") is not None:
            return "extend" if "extend" in self.endpoint else "edit"
        if self.name_of("end") in self.needs:
            return "end"
        if self.name_of("picture") is not None:
            return "picture"
        return "references" if self.name_of("references") in self.needs else ""

    @property
    def unknown(self) -> Sequence[str]:
        """Required fields for which Kinora has no value."""
        return sorted(self.needs - set(USUAL))


def _input(document: object) -> Mapping[str, Any] | None:
    """The schema of the body for the only path with a POST."""
    match document:
        case {"paths": dict() as paths, "components": {"schemas": dict() as schemas}}:
            posted = next((schema for path in paths.values() if (schema := _posted(path)) is not None), {})
            found = schemas.get(str(posted.get("$ref", "")).rpartition("/")[2], posted)
            return found if isinstance(found, dict) else None
        case _:
            return None


def _posted(path: object) -> Mapping[str, Any] | None:
    match path:
        case {"post": {"requestBody": {"content": {"application/json": {"schema": dict() as schema}}}}}:
            return schema
        case _:
            return None


def _plain(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without the `anyOf` that allows null."""
    match schema.get("anyOf"):
        case [dict() as first, *_]:
            return {**schema, **first}
        case _:
            return schema


async def describe(account: Account, endpoints: Sequence[str], model: str, today: date) -> str:
    """A row for the catalogue. The first endpoint is for a prompt alone. Raises CannotStart and ProviderError."""
    async with httpx.AsyncClient(headers=PACKED, verify=trusted(), timeout=PATIENCE) as client:
        found = [Description.of(name, await _document(client, account, name)) for name in endpoints]
    provider = FalVideos(account)
    try:
        prices = await provider.unit_prices([_bare(name, account) for name in endpoints])
    except ProviderError:
        prices = {}
    finally:
        await provider.close()
    return row(found, account=account.name, model=model, prices=prices, today=today)


async def _document(client: httpx.AsyncClient, account: Account, endpoint: str) -> object:
    base = at_queue(account).base_url.rstrip("/")
    place = DESCRIPTIONS if base == QUEUE else f"{base}/openapi.json"
    try:
        async with client.stream("GET", f"{place}?endpoint_id={quote(endpoint, safe='')}") as answer:
            content = await read_body(content_of(answer), LARGEST)
        return json.loads(content) if answer.is_success else None
    except (httpx.HTTPError, LostError, RecursionError, ValueError) as error:
        raise CannotStart(f"The description of {endpoint} could not be read ({type(error).__name__}).") from None


def _bare(endpoint: str, account: Account) -> ModelCard:
    return ModelCard(
        id=endpoint, label=endpoint, provider=account.name, remote=endpoint, seconds=(1,), sizes=(), per_second={}
    )


def row(
    described: Sequence[Description], *, account: str, model: str, prices: Mapping[str, UnitPrice], today: date
) -> str:
    """TOML of a model, with what only a person can know left as comments."""
    first, others = described[0], {each.role: each for each in described[1:] if each.role}
    lengths, shapes = [_seconds(each) for each in first.choices("seconds")], list(_sizes(first))
    options = [part for part in ABILITIES if any(each.name_of(part) for each in described)]
    ways = ["frame", "last-frame"] if "picture" in others else []
    ways = [*["native"] * ("edit" in others), *["extend"] * ("extend" in others), *ways, "reprompt"]
    head = [
        f"[models.{json.dumps(model)}]",
        f"label = {json.dumps(model.replace('-', ' ').title())}",
        f"provider = {json.dumps(account)}",
        f"remote = {json.dumps(first.endpoint)}",
        f"seconds = {[each for each in lengths if each] or '[5] # its description does not say'}",
        f"sizes = {json.dumps(shapes)}" if shapes else '# sizes = ["1280x720"] # its description does not say',
        f"picture = {'true' if 'picture' in others else 'false'}",
        f"remix = {json.dumps(ways)}",
        f"options = {json.dumps(options)}",
        f"priced = {today}",
        *(f"# Orders have to name {name} too, which Kinora has no word for." for name in first.unknown),
    ]
    said = [prices.get(each.endpoint) for each in described]
    costs = price_tables(model, _what_it_says(described, shapes), said, today)
    tables = [*_endpoints(model, others), *_fields(model, first, others), *costs]
    return "\n".join(map(on_one_line, [*head, "", *tables, ""]))  # no word of fal's ends a comment


def _what_it_says(described: Sequence[Description], shapes: Sequence[str]) -> Priced:
    first, rates = described[0], [each.rate for each in described]
    return Priced(
        endpoints=[each.endpoint for each in described],
        sizes=shapes,
        lengths=[each for value in first.choices("seconds") if (each := _seconds(value))],
        resolutions=len(first.choices("resolution")),
        has_sound=any(each.name_of("sound") for each in described),
        rate=max(filter(None, rates)) if all(rates) else None,
    )


def _endpoints(model: str, others: Mapping[str, Description]) -> Iterator[str]:
    if others:
        yield f"[models.{json.dumps(model)}.endpoints]"
        yield from (f"{role} = {json.dumps(each.endpoint)}" for role, each in others.items())
        yield ""


def _fields(model: str, first: Description, others: Mapping[str, Description]) -> Iterator[str]:
    """Names at the endpoint for a prompt alone, and those that differ at another endpoint."""
    yield f"[models.{json.dumps(model)}.fields]"
    usual = {part: _written(first, part) for part in KNOWN}
    yield from (f"{part} = {json.dumps(name)}" for part, name in usual.items() if name)
    for role, each in others.items():
        for part in KNOWN:
            if (name := _written(each, part)) != usual[part]:
                yield f"{json.dumps(f'{role}.{part}')} = {json.dumps(name)}"
    yield ""


def _written(described: Description, part: str) -> str:
    """A part's name and the format of its value; empty if it has none."""
    name, choices = described.name_of(part), described.choices(part)
    if name is None or part != "seconds" or not choices or not isinstance(choices[0], str):
        return name or ""
    return f"{name} as 8s" if choices[0].endswith("s") else f"{name} as text"


def _seconds(value: object) -> int | None:
    seconds = seconds_in(value)
    return None if seconds is None else int(seconds)


def _sizes(described: Description) -> Iterator[str]:
    """Each resolution in each ratio; those with unknown names are left out."""
    for resolution in described.choices("resolution"):
        short = re.fullmatch(r"(\d{3,4})p", str(resolution))
        for name in described.choices("ratio"):
            if short is not None and name in RATIOS:
                yield str(sides(int(short[1]), name))
