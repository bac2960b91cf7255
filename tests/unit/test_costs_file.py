"""The CSV file of /costs: it says whether it has all charges."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.ids import JobId
from bot.domain.money.calendar import Calendar
from bot.domain.money.costs import ExportedCharge
from bot.domain.money.usd import Usd
from bot.domain.video import Mode
from bot.jobs.use_cases import costs
from bot.jobs.use_cases.costs import CostReport, CostsAsked
from tests.builders import ANN, NOON, a_catalogue, a_member
from tests.scripted import SteppingClock

MOST, AT_ONCE = 4, 2


class Ledger:
    """CostReports of so many charges."""

    def __init__(self, number: int) -> None:
        self.charges_made = [
            ExportedCharge(
                entry=entry,
                job_id=JobId("K7Q4FD"),
                owner_id=ANN,
                model="sora-2",
                mode=Mode.CREATE,
                seconds=4,
                size="1280x720",
                outcome="done",
                quoted=Usd.of("0.40"),
                spent=Usd.of("0.40"),
                at=NOON,
            )
            for entry in range(number)
        ]

    async def calendar(self, _guild_id: int) -> Calendar:
        return Calendar()

    async def charges(self, _question: Any, after: ExportedCharge | None, most: int) -> list[ExportedCharge]:
        start = 0 if after is None else after.entry + 1
        return self.charges_made[start : start + most]


@pytest.mark.parametrize(("number", "lines", "is_complete"), [(3, 3, True), (4, 4, True), (5, 4, False)])
async def test_a_file_is_complete_unless_there_are_more_charges_than_it_has_room_for(
    monkeypatch: pytest.MonkeyPatch, number: int, lines: int, *, is_complete: bool
) -> None:
    monkeypatch.setattr(costs, "MOST_LINES", MOST)
    monkeypatch.setattr(costs, "LINES_AT_ONCE", AT_ONCE)
    ledger, nobody = Ledger(number), Any
    everything: Any = {"authorization": nobody, "preferences": nobody, "reports": ledger}
    report = CostReport(catalogue=a_catalogue(), clock=SteppingClock(), **everything)
    file = await report.file(a_member(id=ANN), CostsAsked())
    assert (file.lines, file.is_complete) == (lines, is_complete)
    assert len(file.data.splitlines()) == lines + 1
    assert b",0.400000,0.400000," in file.data
