"""What a host turned out not to be able to do: remembered for a week, for all processes, so that it is not asked again.

Only "this cannot be done here at all" becomes a verdict. A remix that failed, was refused or got lost never does.
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
    """By host and by the name a model has there."""

    records: Records
    clock: Clock

    async def absent(self, host: str, model: str, since: datetime | None = None) -> frozenset[RemixMethod]:
        """The ways to remix that are not there. `since` it is this server, maybe on the same machine, that counts."""
        oldest = max(self.clock.now() - LASTS, since or datetime.min.replace(tzinfo=UTC))
        return frozenset(method for method, said in (await self._read(host, model)).items() if said > oldest)

    async def note(self, host: str, model: str, method: RemixMethod) -> None:
        """The host has just said so."""
        said = await self._read(host, model) | {method: self.clock.now()}
        text = json.dumps({known.value: at.isoformat() for known, at in said.items()})
        await self.records.write(_key(host, model), text)

    async def _read(self, host: str, model: str) -> dict[RemixMethod, datetime]:
        noted = json.loads(await self.records.read(_key(host, model)) or "{}")
        known = {method.value for method in RemixMethod}
        return {RemixMethod(name): datetime.fromisoformat(at) for name, at in noted.items() if name in known}


def _key(host: str, model: str) -> str:
    return f"cannot remix: {host} {model}"
