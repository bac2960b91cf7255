"""What an account's service turned out not to support: remembered for a week, for all processes.

Only "this is not supported here at all" is remembered. A remix that failed, was refused or got lost never is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Record, Records
from bot.domain.video import RemixMethod

LASTS = timedelta(days=7)  # because servers are updated


AtAccount = tuple[str, str]  # an account, and the name a model has there


@value_object
class _Absent:
    """When each remix method was found unsupported; method names may come from a newer version."""

    absent: Mapping[str, datetime]


ABSENT = Record("capabilities", _Absent, lasts=LASTS)


@wired
class Capabilities:
    """By account and by the name a model has there."""

    records: Records
    clock: Clock

    async def absent(self, models: Iterable[AtAccount]) -> Mapping[AtAccount, Mapping[RemixMethod, datetime]]:
        """By model, the unsupported remix methods, and when that was found."""
        by_key = {_key(*model): model for model in models}
        oldest = self.clock.now() - LASTS
        noted = await self.records.read_many(ABSENT, by_key)
        return {by_key[key]: _ways(said.absent, oldest) for key, said in noted.items()}

    async def note(self, account: str, model: str, method: RemixMethod) -> None:
        """The service has just said so."""
        now = self.clock.now()

        def with_it(noted: _Absent | None) -> _Absent:
            said = {} if noted is None else noted.absent
            return _Absent(absent={**said, method.value: now})

        await self.records.update(ABSENT, _key(account, model), with_it)


def _ways(said: Mapping[str, datetime], oldest: datetime) -> Mapping[RemixMethod, datetime]:
    return {method: said[method] for method in RemixMethod if method in said and said[method] > oldest}


def _key(account: str, model: str) -> str:
    return f"{account} {model}"
