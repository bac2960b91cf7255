"""A manager divides the server's money; a member is told which limit is used up, and is given more."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, create, result_of
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("the walk is long, and its rules have tests of their own"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("budgets"), {}).running() as running:
        yield running


async def test_what_a_roles_pool_has_no_room_for_a_grant_pays(stage: Stage) -> None:
    max_ = stage.person("max")
    screen = await answer(stage, await max_.types("/settings pool", role="Filmmaker", dollars="0.50"))
    assert "can spend $0.50 a month together." in screen.text
    film = await result_of(stage, await create(stage, prompt="a fox"))
    assert "$0.10 of" in film.text
    refused = await create(stage, prompt="an owl")
    assert "has only $0.10 of its $0.50" in refused.text
    assert "You weren't charged. A server manager can raise that with `/settings pool`, or give" in refused.text

    late = await answer(stage, await max_.types("/settings grant", member="ann", dollars="1", until="2020-01-01"))
    assert "That day is over" in late.text
    given = await answer(stage, await max_.types("/settings grant", member="ann", dollars="1", until="tomorrow"))
    assert "can spend $1.00 beyond their limits" in given.text
    film = await result_of(stage, await create(stage, prompt="an owl"))
    assert "$0.60 of the $1.00 you were granted left" in film.text

    zone = await answer(stage, await max_.types("/settings timezone", zone="Europe/Berlin"))
    assert "**Time zone:** Europe/Berlin" in zone.text
    back = await answer(stage, await max_.types("/settings grant", member="ann", dollars="0"))
    assert "was taken back" in back.text
    assert "None. `/settings grant member: dollars:`" in back.text
    suggested = await max_.suggests("/settings timezone", "zone", "berl")
    assert [choice["value"] for choice in suggested] == ["Europe/Berlin"]
