"""Since when each account's service has been at its address.

An id from another address may mean nothing there, or a different video; so videos ordered before a move are remixed
from our own copy.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.data_classes import value_object, wired
from bot.domain.accounts import is_own
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Record, Records

log = logging.getLogger(__name__)


@value_object
class _Endpoint:
    """Only a digest of the address is kept, because it may contain a password."""

    at: str
    since: datetime | None  # when it moved here; None: it was always here, as far as known


ENDPOINT = Record("endpoint", _Endpoint)  # by the provider's name


@wired
class EndpointHistory:
    """Stored for all processes, which have the same settings."""

    records: Records
    clock: Clock

    async def settle(self, account: str, base_url: str) -> None:
        """At start-up: this is where the account's service is now."""
        here, now = hashlib.sha256(base_url.rstrip("/").lower().encode()).hexdigest(), self.clock.now()

        def is_here(noted: _Endpoint | None) -> _Endpoint:
            if noted is not None and noted.at == here:
                return noted
            return _Endpoint(at=here, since=None if noted is None else now)

        before = (await self.records.update(ENDPOINT, account, is_here)).before
        if before is not None and before.at != here and not is_own(account):
            log.warning("%s is at a new address: videos ordered before are remixed from their files", account)

    async def since(self, accounts: Iterable[str]) -> Mapping[str, datetime]:
        """When each moved here; those that were always here, as far as known, are left out."""
        noted = await self.records.read_many(ENDPOINT, accounts)
        return {account: endpoint.since for account, endpoint in noted.items() if endpoint.since is not None}
