"""What a host turned out not to be able to do: remembered for a week, for all processes, so that it is not asked again.

Only "this cannot be done here at all" becomes a verdict. A remix that failed, was refused or got lost never does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.ports import Clock, Notebook
from bot.domain.video import Rung

LASTS = timedelta(days=7)  # servers are updated


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """By host and by the name a model has there."""

    notebook: Notebook
    clock: Clock

    async def absent(self, host: str, model: str, since: datetime | None = None) -> frozenset[Rung]:
        """The ways to remix that are not there. `since` it is this server, maybe on the same machine, that counts."""
        oldest = max(self.clock.now() - LASTS, since or datetime.min.replace(tzinfo=UTC))
        return frozenset(rung for rung, said in (await self._read(host, model)).items() if said > oldest)

    async def note(self, host: str, model: str, rung: Rung) -> None:
        """The host has just said so."""
        said = await self._read(host, model) | {rung: self.clock.now()}
        text = json.dumps({known.value: at.isoformat() for known, at in said.items()})
        await self.notebook.write(_key(host, model), text)

    async def _read(self, host: str, model: str) -> dict[Rung, datetime]:
        noted = json.loads(await self.notebook.read(_key(host, model)) or "{}")
        known = {rung.value for rung in Rung}
        return {Rung(name): datetime.fromisoformat(at) for name, at in noted.items() if name in known}


def _key(host: str, model: str) -> str:
    return f"cannot remix: {host} {model}"
