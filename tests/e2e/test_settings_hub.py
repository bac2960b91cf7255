"""A manager finds every setting from one message; each change is kept, shown under History and posted to the log."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.discord.people.outcome import Form, Outcome
from bot.sandbox.discord.world.admin import delete_role
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, until
from tests.e2e.stages import quick_stage


async def test_a_server_is_set_up_from_one_message(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {}).running() as stage:
        max_ = stage.person("max")
        page = await answer(stage, await max_.types("/settings open"))
        assert page.ephemeral
        assert "**Budgets:** $25.00 of $25.00 left" in page.text

        page = await answer(stage, await max_.picks("Notifications", on=page))
        page = await answer(stage, await max_.picks("staff", on=page, select="Channel for the log"))
        assert "**Log:** off → <#" in page.text
        page = await answer(stage, await max_.picks("Budgets", on=page, select="k1:settings-page"))
        form = the_form(await max_.clicks("Change the budget…", on=page))
        assert form.field("dollars").value == "25.00"
        page = await answer(stage, await max_.fills(form, dollars="40"))
        assert "**Budget:** $25.00 → $40.00" in page.text

        page = await answer(stage, await max_.picks("Access and tiers", on=page, select="k1:settings-page"))
        page = await answer(
            stage, await max_.picks(["Filmmaker", "Trial"], on=page, select="Roles that can make videos")
        )
        assert "**Granted:** <@&" in page.text
        delete_role(stage.world, "Trial")
        page = await answer(stage, await max_.picks("Access and tiers", on=page, select="k1:settings-page"))
        assert "1 deleted role can make videos" in page.text
        page = await answer(stage, await max_.clicks("Remove deleted roles", on=page))
        assert "Deleted roles were removed." in page.text
        assert "deleted role can" not in page.text

        page = await answer(stage, await max_.picks("History", on=page, select="k1:settings-page"))
        assert "**the month's budget:** $25.00 → $40.00" in page.text
        logged = await until(stage, lambda: the_log(stage))
        assert "changed the month's budget: $25.00 → $40.00" in logged


def the_form(outcome: Outcome) -> Form:
    assert outcome.form is not None
    return outcome.form


def the_log(stage: Stage) -> str | None:
    texts = [message.text for message in stage.person("max").sees("staff")]
    return next((text for text in texts if "month's budget" in text), None)
