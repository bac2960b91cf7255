"""What an account's service turned out not to be able to do: remembered for a week, for all processes.

Only "this cannot be done here at all" is remembered. A remix that failed, was refused or got lost never is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Records
from bot.domain.video import RemixMethod

LASTS = timedelta(days=7)  # servers are updated


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """By account and by the name a model has there."""

    records: Records
    clock: Clock

    async def absent(self, account: str, model: str, since: datetime | None = None) -> frozenset[RemixMethod]:
        """The ways to remix that are not there. `since` it is this server, maybe on the same machine, that counts."""
        oldest = max(self.clock.now() - LASTS, since or datetime.min.replace(tzinfo=UTC))
        return frozenset(method for method, said in (await self._read(account, model)).items() if said > oldest)

    async def note(self, account: str, model: str, method: RemixMethod) -> None:
        """The service has just said so."""
        said = await self._read(account, model) | {method: self.clock.now()}
        text = json.dumps({known.value: at.isoformat() for known, at in said.items()})
        await self.records.write(_key(account, model), text)

    async def _read(self, account: str, model: str) -> dict[RemixMethod, datetime]:
        noted = json.loads(await self.records.read(_key(account, model)) or "{}")
        known = {method.value for method in RemixMethod}
        return {RemixMethod(name): datetime.fromisoformat(at) for name, at in noted.items() if name in known}


def _key(account: str, model: str) -> str:
    return f"cannot remix: {account} {model}"
