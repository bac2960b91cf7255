"""A member adds a key: it is checked, pays for their video, and is removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.discord.people.outcome import Form
from bot.sandbox.discord.people.person import Person
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.video.service import SANDBOX_KEY
from tests.e2e.acting import answer, create, logged, result_of
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = only_in_full("the walk is long, and its rules have tests of their own")

SECRET = "a-secret-of-at-least-32-characters"


async def test_a_key_is_refused_or_stored_pays_for_its_owners_video_and_is_removed(tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="seals own keys")
    async with quick_stage(tmp_path, {"KEYS_SECRET": SECRET}).running() as stage:
        max_ = stage.person("max")
        page = await answer(stage, await max_.types("/keys"))
        assert page.ephemeral
        assert "No key is stored." in page.text
        wrong = await answer(stage, await max_.fills(await form(max_, page), key="sk-nobody-has-this-one"))
        assert "Nothing was changed." in wrong.text
        assert "nobody-has" not in wrong.text
        page = await answer(stage, await max_.fills(await form(max_, page), key=SANDBOX_KEY, limit="5"))
        assert "ends in " in page.text
        assert "$0.00 of $5.00 this month" in page.text
        result = await result_of(stage, await create(stage, "max", prompt="a fox in the snow"), "max")
        assert "of the key's $5.00 this month left" in result.text
        costs = await answer(stage, await max_.types("/costs", scope="server"))
        assert "of it was paid with keys from `/keys` and isn't in the budget" in costs.text
        assert "**$25.00 left**" in costs.text
        await logged(stage, "posting -> done")  # logged after the message
        page = await answer(stage, await max_.types("/keys"))
        asked = await answer(
            stage, await max_.picks("The video service, yours (…-key)", on=page, select="Remove a key…")
        )
        assert "It's erased at once." in asked.text
        gone = await answer(stage, await max_.clicks("Remove it", on=asked))
        assert "No key is stored." in gone.text
        log = stage.keeper.log.read_text()
        assert (SANDBOX_KEY in log, "Traceback" in log) == (False, False)


async def form(person: Person, page: Message) -> Form:
    outcome = await person.picks("mine.openai", on=page, select="Add or replace a key…")
    assert outcome.form is not None
    return outcome.form
