"""The *Edit* buttons of everybody's messages, while others answer their questions."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.stage import Stage
from tests.e2e.acting import agreed, answer, the_form
from tests.e2e.stages import quick_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("edit"), {"CONFIRM_ABOVE_USD": "1"}).running() as running:
        yield running


async def test_edit_works_on_after_somebody_else_has_answered_a_question_that_has_one(stage: Stage) -> None:
    ann, max_ = stage.person("ann"), stage.person("max")
    refused = await answer(stage, await ann.types("/create", prompt="a fox", size="enormous"))
    question = await answer(stage, await max_.types("/create", prompt="a whale", seconds=12))
    assert [button.label for button in question.buttons][:2] == ["Go · $1.20", "Edit"]
    await agreed(stage, "Go · $1.20", question, "max")
    form = the_form(await ann.clicks("Edit", on=refused))
    assert (form.field("prompt").value, form.field("size").value) == ("a fox", "enormous")


async def test_who_may_make_no_videos_gets_no_edit_since_no_other_order_would_be_taken(stage: Stage) -> None:
    refused = await answer(stage, await stage.person("sam").types("/create", prompt="a fox"))
    assert "You need the role" in refused.text
    assert refused.buttons == []


async def test_edit_and_improve_on_a_question_do_what_they_do_elsewhere(stage: Stage) -> None:
    ann = stage.person("ann")
    question = await answer(stage, await ann.types("/create", prompt="a boat", seconds=12))
    form = the_form(await ann.clicks("Edit", on=question))
    assert (form.field("prompt").value, form.field("seconds").value) == ("a boat", "12")
    improved = await answer(stage, await ann.clicks("Improve prompt", on=question))
    assert "**After**\na boat, slow dolly in" in improved.text
