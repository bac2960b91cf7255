"""Replicate's video models as fields of model cards, from their own schemas: all but the unreported price.

Its collections list them. A model that cannot be ordered is omitted: one that is not official, or that requires more
than a prompt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.domain.accounts import Account
from bot.domain.models.abilities import Ability
from bot.domain.texts.numbers import whole_number
from bot.domain.video import RemixMethod, Size
from bot.providers.catalogue.load import Fields
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.errors import account_trouble, could_not_answer, not_served
from bot.providers.common.http import HttpTransport
from bot.providers.common.outcome import send_free
from bot.providers.common.sizes import size_of
from bot.providers.common.timeouts import Timeouts
from bot.providers.replicate.inputs import InputRole, ModelInputs, input_schema, inputs_in
from bot.providers.replicate.requests import OPTIONS, path_of

COLLECTIONS = ("text-to-video", "image-to-video")
AT_ONCE = 4  # queries
MOST_REFERENCES = 4  # in a row whose schema has no limit of its own
USUAL_SECONDS = 5  # the default length is the one closest to it if the model has no default
TIMEOUTS = Timeouts(most_answer=64 * 1024**2)  # a collection contains the full description of each model


async def suggested(account: Account, names: Sequence[str] = ()) -> Mapping[str, Fields]:
    """Fields by the service's model names: of these models, or of all in its collections.

    Raises Unavailable and AccountTrouble, and Refused for an unknown name.
    """
    endpoint = Endpoint(account)
    transport = HttpTransport(endpoint, TIMEOUTS)
    asking = _Asking(endpoint, transport)
    try:
        found = await asking.described(names) if names else await asking.collected()
    finally:
        await transport.close()
    return {name: fields for name, model in found.items() if (fields := fields_of(model)) is not None}


class _Asking:
    def __init__(self, endpoint: Endpoint, transport: HttpTransport) -> None:
        self._endpoint = endpoint
        self._transport = transport

    async def collected(self) -> Mapping[str, object]:
        """The described models of all collections. A missing collection counts as empty."""
        listed = dict[str, object]()
        for collection in COLLECTIONS:
            listed |= _by_name(await self._body(f"/collections/{collection}"))
        bare = [name for name, model in listed.items() if input_schema(model) is None]
        return listed | dict(await self.described(bare))

    async def described(self, names: Sequence[str]) -> Mapping[str, object]:
        found = dict[str, object]()
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            found |= dict(zip(some, await asyncio.gather(*map(self._model, some)), strict=True))
        return found

    async def _model(self, name: str) -> object:
        body = await self._body(path_of(name))
        if body is None:
            raise not_served(self._endpoint, name, [])
        return body

    async def _body(self, path: str) -> object:
        """None for anything that does not exist. Raises Unavailable and AccountTrouble."""
        asking = self._transport.ask("GET", path, TIMEOUTS.look)
        response = await send_free(self._endpoint.label, asking)
        if response.is_ok:
            return response.body
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        if response.status == 404:
            return None
        raise could_not_answer(response, self._endpoint)


def _by_name(collection: object) -> Mapping[str, object]:
    match collection:
        case {"models": [*models]}:
            return {name: model for model in models if (name := _name(model)) is not None}
        case _:
            return {}


def _name(model: object) -> str | None:
    match model:
        case {"owner": str(owner), "name": str(name)}:
            return f"{owner}/{name}"
        case _:
            return None


def fields_of(model: object) -> Fields | None:
    """None for a model that cannot be ordered. Fields that its schema does not determine are omitted."""
    schema, inputs = input_schema(model), inputs_in(model)
    if schema is None or inputs is None or not _is_official(model) or _wants_more(schema):
        return None
    takes_picture = InputRole.PICTURE in inputs
    fields: Fields = {"picture": takes_picture, "remix": tuple(_remix(inputs))}
    if options := tuple(_options(inputs)):
        fields["options"] = options
    if InputRole.REFERENCES in inputs:
        fields["references"] = MOST_REFERENCES
    if seconds := _seconds(inputs):
        fields["seconds"] = seconds
    if sizes := tuple(_sizes(inputs)):
        fields["sizes"] = sizes
    return fields


def _is_official(model: object) -> bool:
    """Only official models are ordered by name alone. If unknown, the order will show, and costs nothing."""
    return not isinstance(model, dict) or model.get("is_official") is not False


def _wants_more(schema: Mapping[str, Any]) -> bool:
    required = schema.get("required")
    return isinstance(required, list) and any(each != "prompt" for each in required)


def _seconds(inputs: ModelInputs) -> tuple[int, ...]:
    """Its lengths, the default first."""
    field = inputs.get(InputRole.LENGTH)
    if field is None:
        return ()
    lengths = sorted({length for each in field.values if (length := _whole(each)) is not None and length > 0})
    usual = _whole(field.default) or min(lengths, key=lambda each: abs(each - USUAL_SECONDS), default=0)
    return tuple(sorted(lengths, key=lambda length: (length != usual, length)))


def _whole(value: object) -> int | None:
    match value:
        case bool():
            return None
        case int():
            return value
        case str():
            return whole_number(value)
        case _:
            return None


def _sizes(inputs: ModelInputs) -> Iterator[Size]:
    """Each resolution in each ratio, the default first. None if either can't be chosen or is unknown."""
    resolution, ratio = inputs.get(InputRole.RESOLUTION), inputs.get(InputRole.RATIO)
    if resolution is None or ratio is None:
        return
    for short in resolution.usual_first():
        for shape in ratio.usual_first():
            if (size := size_of(_as_we_write(short), str(shape))) is not None:
                yield size


def _as_we_write(resolution: object) -> str:
    text = str(resolution)
    return text.upper() if text.lower() in {"2k", "4k"} else text.lower()


def _remix(inputs: ModelInputs) -> Iterator[RemixMethod]:
    if InputRole.PICTURE in inputs:
        yield from (RemixMethod.FRAME, RemixMethod.LAST_FRAME)
    yield RemixMethod.REPROMPT


def _options(inputs: ModelInputs) -> Iterator[Ability]:
    yield from (ability for ability in Ability if OPTIONS.get(ability) in inputs)
