"""Since when each account's service is where it is now. An id given at another address may mean nothing there, or
another video; so what was ordered before a move is remixed from our own copy.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Records

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointHistory:
    """Noted for all processes, which have the same settings."""

    records: Records
    clock: Clock

    async def settle(self, account: str, base_url: str) -> None:
        """At the start: this is where the account's service is now."""
        # Only a digest is kept, because an address may hold a password.
        now_at = hashlib.sha256(base_url.rstrip("/").lower().encode()).hexdigest()
        noted = await self._read(account)
        if noted.get("at") == now_at:
            return
        since = self.clock.now().isoformat() if noted else None
        await self.records.write(_key(account), json.dumps({"at": now_at, "since": since}))
        if noted:
            log.warning("%s is at a new address: videos ordered before are remixed from their files", account)

    async def since(self, account: str) -> datetime | None:
        """When it moved here; None when it always was here, as far as is known."""
        since = (await self._read(account)).get("since")
        return None if since is None else datetime.fromisoformat(since)

    async def _read(self, account: str) -> dict[str, str | None]:
        noted: dict[str, str | None] = json.loads(await self.records.read(_key(account)) or "{}")
        return noted


def _key(account: str) -> str:
    return f"address of {account}"
