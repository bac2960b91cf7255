"""The accounts that jobs are sent to: those of the settings, and those that own keys create.

The latter are listed nowhere: they are looked up by a job's account, and opened on first use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.domain.accounts import is_own, service_of
from bot.domain.messages import Message
from bot.domain.models.card import ModelCard
from bot.domain.models.workflow import Lack
from bot.domain.ports.provider import Asset, Listed, Look, Order, Provider, StillMade, UnitPrice
from bot.domain.video import RemixMethod
from bot.jobs.providers.open_keys import SETTING, OpenKeys


class ProviderRegistry(Mapping[str, Provider]):
    """By account name. Iterating yields only the accounts of the settings."""

    def __init__(self, ours: Mapping[str, Provider], keys: OpenKeys) -> None:
        self._ours = ours
        self._keys = keys

    def __getitem__(self, account: str) -> Provider:
        service = self._ours[service_of(account)]
        return OwnKeyProvider(account, service, self._keys) if is_own(account) else service

    def __iter__(self) -> Iterator[str]:
        return iter(self._ours)

    def __len__(self) -> int:
        return len(self._ours)


class OwnKeyProvider:
    """The Provider of an own key.

    What needs no key is answered by the provider of its service. Requests raise AccountTrouble if the key is gone or
    can't be read.
    """

    def __init__(self, account: str, service: Provider, keys: OpenKeys) -> None:
        self._account = account
        self._service = service
        self._keys = keys

    @property
    def name(self) -> str:
        return self._account

    @property
    def label(self) -> Message:
        return self._service.label

    @property
    def host(self) -> str:
        return self._service.host

    @property
    def setting(self) -> str:
        return SETTING

    @property
    def may_block(self) -> bool:
        return self._service.may_block

    @property
    def in_order(self) -> bool:
        """Their line is unknown: everybody else's orders are in it, too."""
        return False

    @property
    def lists_late(self) -> bool:
        return self._service.lists_late

    @property
    def shows_at_once(self) -> bool:
        return self._service.shows_at_once

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        return await self._service.remix_methods(card)

    async def served(self) -> Sequence[str] | None:
        async with self._keys.provider(self._account) as provider:
            return await provider.served()

    async def listed_models(self) -> Sequence[object] | None:
        async with self._keys.provider(self._account) as provider:
            return await provider.listed_models()

    async def lacks(self, card: ModelCard) -> Sequence[Lack]:
        async with self._keys.provider(self._account) as provider:
            return await provider.lacks(card)

    async def unit_prices(self, cards: Collection[ModelCard]) -> Mapping[str, UnitPrice]:
        async with self._keys.provider(self._account) as provider:
            return await provider.unit_prices(cards)

    async def check(self) -> None:
        async with self._keys.provider(self._account) as provider:
            await provider.check()

    async def submit(self, order: Order) -> str:
        async with self._keys.provider(self._account) as provider:
            return await provider.submit(order)

    async def look(self, remote_id: str) -> Look:
        async with self._keys.provider(self._account) as provider:
            return await provider.look(remote_id)

    async def still_made(self, remote_ids: Collection[str], due: Collection[str]) -> StillMade | None:
        async with self._keys.provider(self._account) as provider:
            return await provider.still_made(remote_ids, due)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        async with self._keys.provider(self._account) as provider:
            return await provider.fetch(remote_id, asset, target)

    async def cancel(self, remote_id: str) -> bool:
        async with self._keys.provider(self._account) as provider:
            return await provider.cancel(remote_id)

    async def forget(self, remote_id: str) -> bool:
        async with self._keys.provider(self._account) as provider:
            return await provider.forget(remote_id)

    async def recent(self, since: datetime, cards: Collection[ModelCard] = ()) -> Sequence[Listed] | None:
        async with self._keys.provider(self._account) as provider:
            return await provider.recent(since, cards)

    async def find(self, own_name: str) -> Sequence[str] | None:
        async with self._keys.provider(self._account) as provider:
            return await provider.find(own_name)

    async def close(self) -> None:
        """Nothing: `OpenKeys` closes what it opened."""
