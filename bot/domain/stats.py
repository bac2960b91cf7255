"""How the whole installation stands, in numbers: for the host's monitoring, not for members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.money.usd import Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationStats:
    """Over all servers and processes, as the database has it. Ages are seconds, 0 when there is nothing of the kind."""

    jobs: Mapping[str, int]  # by the name of their phase; every known phase is there
    oldest_due: float  # since when a step that needs no free place waits for a worker
    oldest_expired_lease: float  # since when a job waits whose worker died
    reserved: Usd
    spent_today: Usd  # since midnight UTC
