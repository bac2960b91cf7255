"""A server keeps its videos for thirty days: it is warned, the file is removed, and all its messages stay."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, create, more_of, result_of, the_form, until, video_of
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = only_in_full("the bot is started three times")


async def test_a_video_whose_time_is_over_is_removed_after_a_warning(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {"FILES_QUOTA": "50 GB"}).running() as stage:
        await keep_for_thirty_days(stage)
        card = await create(stage, prompt="a fox that is not kept")
        film = await result_of(stage, card)
        video = str(video_of(stage, card))
        await aged(stage, video)
        warned = await until(stage, lambda: said_to_staff(stage, "1 video will be removed on"))
        assert "give them a ★ or put them in a collection" in warned
        assert kept(stage)
        await at_its_day(stage)
        await until(stage, lambda: said_to_staff(stage, "**1 video was removed**, as its time was over."))
        assert not kept(stage)

        refused = await answer(stage, await stage.person("ann").types("/show", video=video))
        assert "was removed" in refused.text
        assert "**Run again** makes a new one" in refused.text
        panel = await more_of(stage, film)
        assert "was removed" in panel.text
        assert {"Recipe", "Lineage"} <= {button.label for button in panel.buttons}
        assert "Frames" not in {button.label for button in panel.buttons}
        costs = await answer(stage, await stage.person("ann").types("/costs"))
        assert "$0.40" in costs.text


async def keep_for_thirty_days(stage: Stage) -> None:
    max_ = stage.person("max")
    page = await answer(stage, await max_.types("/settings open"))
    page = await answer(stage, await max_.picks("Storage", on=page, select="k1:settings-page"))
    assert "**Videos are kept** for ever." in page.text
    assert "of 50.0 GB" in page.text
    refused = await max_.fills(the_form(await max_.clicks("Change the days…", on=page)), days="0")
    assert "isn't a number of days from 1 to 3,650. Leave the field empty" in (await answer(stage, refused)).text
    page = await answer(stage, await max_.fills(the_form(await max_.clicks("Change the days…", on=page)), days="30"))
    assert "for 30 days, and up to a week longer" in page.text
    assert "Nothing is removed yet" in page.text
    page = await answer(stage, await max_.picks("Notifications", on=page, select="k1:settings-page"))
    page = await answer(stage, await max_.picks("staff", on=page, select="Channel for the log"))
    page = await answer(stage, await max_.picks("Storage", on=page, select="k1:settings-page"))
    assert "Nothing is removed yet" not in page.text


async def aged(stage: Stage, video: str) -> None:
    """It appears to have been ordered two months ago at the next start."""
    await stage.keeper.stop()
    before = datetime.now(UTC) - timedelta(days=60)
    told(stage, "UPDATE jobs SET created_at = ? WHERE id = ?", _in_rows(before), video)
    await stage.keeper.start()


async def at_its_day(stage: Stage) -> None:
    await stage.keeper.stop()
    with closing(sqlite3.connect(stage.data / "kinora.db")) as database:
        (text,) = database.execute("SELECT value FROM records WHERE namespace = 'removal round'").fetchone()
    today = datetime.now(UTC)
    planned = json.loads(text) | {"due_at": today.isoformat()}
    told(stage, "UPDATE jobs SET removal_due_at = ? WHERE removal_due_at IS NOT NULL", _in_rows(today))
    told(stage, "UPDATE records SET value = ? WHERE namespace = 'removal round'", json.dumps(planned))
    told(stage, "DELETE FROM records WHERE namespace = 'retention sweep'")
    await stage.keeper.start()


def _in_rows(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def told(stage: Stage, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(stage.data / "kinora.db")) as database:
        database.execute(statement, values)
        database.commit()


def said_to_staff(stage: Stage, words: str) -> str | None:
    messages: list[Message] = stage.person("max").sees("staff")
    return next((message.text for message in messages if words in message.text), None)


def kept(stage: Stage) -> list[Path]:
    return [path for path in (stage.data / "files" / "videos").rglob("*") if path.is_file()]
