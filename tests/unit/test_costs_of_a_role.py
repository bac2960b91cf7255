"""/costs of a role: who has it is asked at Discord, which may not answer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.errors import Unavailable
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.costs import CostsAsked, CostsScope
from bot.ui.screens.reports.costs import CostsFileButton
from cogs.costs import CostsCog
from tests.builders import ANN
from tests.unit.test_order_placement import a_press

FILMMAKER = 7


async def test_without_an_answer_it_is_said_what_is_not_known() -> None:
    class Report:
        async def spenders(self, *_: Any) -> list[int]:
            return [ANN]

        async def file(self, *_: Any) -> None:
            raise AssertionError

    async def silent(**_: Any) -> None:
        raise TimeoutError

    report: Any = Report()
    nothing: Any = None
    pressed = a_press(FILMMAKER)
    pressed.guild.query_members = silent
    button = CostsFileButton(CostsAsked(scope=CostsScope.ROLE, whom=FILMMAKER))
    with pytest.raises(Unavailable, match="Discord didn't say who has that role"):
        await CostsCog(InteractionRegistry(), report=report, painter=nothing).file_clicked(pressed, button)
