"""The available dialects. Each is imported on first use: their libraries take up to a second to load."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.data_classes import value_object
from bot.domain.accounts import Account
from bot.domain.errors import AccountTrouble, CannotStart, Unavailable
from bot.domain.messages import Message, Term, msg
from bot.domain.models.card import ModelCard
from bot.domain.models.workflow import Lack
from bot.domain.ports.provider import Asset, Listed, Look, Order, Provider, StillMade, UnitPrice
from bot.domain.ports.webhooks import WebhookReader
from bot.domain.video import RemixMethod
from bot.providers.addresses import elsewhere, has_route
from bot.providers.common.endpoint import Endpoint

Describer = Callable[[Account, Sequence[str], str, date], Awaitable[str]]  # given its endpoints, and an id of ours
Suggester = Callable[[Account, Sequence[str]], Awaitable[Mapping[str, dict[str, Any]]]]  # for these models, or for all
ModelReader = Callable[[Sequence[object], date, Collection[str]], dict[str, dict[str, Any]]]


@value_object
class Dialect:
    """One row of the table. Anything written "module:name" is imported when needed."""

    adapter: str
    example: str  # a valid address
    servers: tuple[str, ...] = ("auto",)  # kinds of server that speak it
    describes: str | None = None  # the function that writes a catalogue row for a given model
    lists_late: bool = False  # as `Provider.lists_late`
    calls: str | None = None  # the reader of its webhooks, given what they are signed with; None: it has no webhooks
    publishes_keys: bool = False  # whether it signs them with published keys instead of a secret of ours
    models: str | None = None  # converts its own list of models into card fields; None: the catalogue has them
    suggests: str | None = None  # reads card fields from its descriptions of models; None: it has none

    @property
    def names_models(self) -> bool:
        """Whether single models of it can be described, under its own names for them."""
        return self.describes is not None or self.suggests is not None

    def describer(self) -> Describer | None:
        found: Describer | None = None if self.describes is None else imported(self.describes)
        return found

    def read_models(self) -> ModelReader | None:
        reader: ModelReader | None = None if self.models is None else imported(self.models)
        return reader

    def suggester(self) -> Suggester | None:
        found: Suggester | None = None if self.suggests is None else imported(self.suggests)
        return found

    def read_calls(self, account: Account, secret: bytes | None) -> WebhookReader | None:
        """The reader for the webhooks of an account whose service signs with this secret. Raises CannotStart."""
        if self.calls is None or (secret is None and not self.publishes_keys):
            return None
        reader: WebhookReader = imported(self.calls)(account if self.publishes_keys else secret)
        return reader


DIALECTS: Mapping[str, Dialect] = {
    "openai": Dialect(
        adapter="bot.providers.openai.adapter:OpenAIVideos",
        example="https://api.example.com/v1",
        servers=(
            *("auto", "plain", "openai", "litellm", "bifrost", "vllm-omni", "sglang"),
            *("new-api", "saygm", "fastvideo", "dynamo"),
        ),
    ),
    "gemini": Dialect(
        adapter="bot.providers.gemini.adapter:GeminiOmni",
        example="https://generativelanguage.googleapis.com/v1beta",
    ),
    "openrouter": Dialect(
        adapter="bot.providers.openrouter.adapter:OpenRouterVideos",
        example="https://openrouter.ai/api/v1",
        calls="bot.providers.openrouter.webhooks:SignedCalls",
        models="bot.providers.openrouter.models:rows_of",
    ),
    "comfyui": Dialect(
        adapter="bot.providers.comfyui.adapter:ComfyUI",
        example="http://127.0.0.1:8188",
    ),
    "fal": Dialect(
        adapter="bot.providers.fal.adapter:FalVideos",
        example="https://queue.fal.run",
        calls="bot.providers.fal.webhooks:RequestCalls",
        publishes_keys=True,
        describes="bot.providers.fal.openapi:describe",
        lists_late=True,
    ),
    "replicate": Dialect(
        adapter="bot.providers.replicate.adapter:ReplicateVideos",
        example="https://api.replicate.com/v1",
        calls="bot.providers.replicate.webhooks:PredictionCalls",
        suggests="bot.providers.replicate.models:suggested",
    ),
    "xai": Dialect(adapter="bot.providers.xai.adapter:XaiVideos", example="https://api.x.ai/v1"),
}


class ProviderOnFirstUse:
    """A provider for one account, which loads its dialect outside the event loop on first use.

    If nothing is at its address, the other forms are tried in which people write it.
    """

    def __init__(self, account: Account) -> None:
        """Raises CannotStart for an invalid account."""
        self._account = account
        self._dialect = DIALECTS[account.dialect]
        self._endpoint = Endpoint(account)
        self._endpoint.check(self._dialect.example)
        _check_server(account, self._dialect)
        self._loading = asyncio.Lock()
        self._loaded: Provider | None = None
        self._is_found = False  # its service has answered at its address

    @property
    def base_url(self) -> str:
        """The address in use: the configured one until the service is found, then the one where it is."""
        return self._account.base_url

    @property
    def name(self) -> str:
        return self._account.name

    @property
    def label(self) -> Message:
        return self._endpoint.label

    @property
    def host(self) -> str:
        return self._endpoint.name

    @property
    def setting(self) -> str:
        return self._account.key_setting

    @property
    def may_block(self) -> bool:
        return self._loaded is None or self._loaded.may_block

    @property
    def in_order(self) -> bool:
        return self._loaded is not None and self._loaded.in_order

    @property
    def lists_late(self) -> bool:
        return self._dialect.lists_late

    @property
    def shows_at_once(self) -> bool:
        return self._loaded is not None and self._loaded.shows_at_once

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        return await (await self._provider()).remix_methods(card)

    async def served(self) -> Sequence[str] | None:
        return await (await self._provider()).served()

    async def listed_models(self) -> Sequence[object] | None:
        return await (await self._provider()).listed_models()

    async def lacks(self, card: ModelCard) -> Sequence[Lack]:
        return await (await self._provider()).lacks(card)

    async def unit_prices(self, cards: Collection[ModelCard]) -> Mapping[str, UnitPrice]:
        return await (await self._provider()).unit_prices(cards)

    async def check(self) -> None:
        if not self._is_found and has_route(self.base_url):
            await self._move(await self._provider())
        provider = await self._provider()
        try:
            await provider.check()
        except AccountTrouble:
            self._is_found = True
            raise
        except CannotStart:
            if not await self._move(provider):
                raise
            await (await self._provider()).check()
        self._is_found = True

    async def submit(self, order: Order) -> str:
        return await (await self._provider()).submit(order)

    async def look(self, remote_id: str) -> Look:
        return await (await self._provider()).look(remote_id)

    async def still_made(self, remote_ids: Collection[str], due: Collection[str]) -> StillMade | None:
        return await (await self._provider()).still_made(remote_ids, due)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        return await (await self._provider()).fetch(remote_id, asset, target)

    async def cancel(self, remote_id: str) -> bool:
        return await (await self._provider()).cancel(remote_id)

    async def forget(self, remote_id: str) -> bool:
        return await (await self._provider()).forget(remote_id)

    async def recent(self, since: datetime, cards: Collection[ModelCard] = ()) -> Sequence[Listed] | None:
        """Requested before the first order: a service that was down at start-up is looked for then."""
        if not self._is_found:
            with suppress(CannotStart, Unavailable):
                await self.check()
        return await (await self._provider()).recent(since, cards)

    async def find(self, own_name: str) -> Sequence[str] | None:
        return await (await self._provider()).find(own_name)

    async def close(self) -> None:
        if self._loaded is not None:
            await self._loaded.close()

    async def _provider(self) -> Provider:
        async with self._loading:
            if self._loaded is None:
                self._loaded = await self._load(self._account)
            return self._loaded

    async def _load(self, account: Account) -> Provider:
        adapter = await asyncio.to_thread(imported, self._dialect.adapter)
        provider: Provider = await asyncio.to_thread(adapter, account)
        return provider

    async def _move(self, wrong: Provider) -> bool:
        """Switch from an address without a service to the one where it is. False if it is at none."""
        async with self._loading:
            if self._loaded is not wrong:
                return True
            found = await elsewhere(self._account, self._dialect.example, self._load)
            if found is not None:
                self._account, self._loaded = found
                self._endpoint = Endpoint(self._account)
                await wrong.close()
            return found is not None


def imported(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def _check_server(account: Account, dialect: Dialect) -> None:
    if account.server.strip().lower() not in dialect.servers:
        raise CannotStart(
            msg(
                "{setting} {server} isn't a known kind of server. Use one of {servers}.",
                setting=Term(account.server_setting),
                server=Term(repr(account.server)),
                servers=Term(", ".join(dialect.servers)),
            )
        )
