"""Every button and form that can be seen is answered by some cog, and fits Discord's limits."""

from __future__ import annotations

from pathlib import Path

from bot.domain.ids import ALPHABET, LENGTH, JobId
from bot.ui.dialogs.forms import AnimateForm, PromptForm
from bot.ui.interactions.buttons import JobButton
from tests.builders import a_done_job

ROOT = Path(__file__).resolve().parents[2]
COGS = "\n".join(path.read_text() for path in (ROOT / "cogs").glob("*.py"))
SOME_ID = JobId(ALPHABET[-1] * LENGTH)


def test_every_button_is_registered_and_answered_by_a_cog() -> None:
    classes = JobButton.__subclasses__()
    assert classes
    for button in classes:
        assert f'"{button.verb}": self.' in COGS, button.verb
        assert button.__name__ in COGS, button.__name__


def test_every_form_is_answered_by_a_cog() -> None:
    forms = (PromptForm.to_remix(a_done_job()), PromptForm.to_edit(a_done_job()), AnimateForm([("fox.png", "$0.40")]))
    for form in forms:
        assert len(form.custom_id) <= 100
        verb = form.custom_id.split(":")[2]
        assert f'"{verb}": self.{verb}_sent' in COGS


def test_button_ids_fit_and_carry_their_version() -> None:
    for button in JobButton.__subclasses__():
        custom_id = button(SOME_ID).item.custom_id
        assert custom_id is not None
        assert custom_id.startswith("k1:")
        assert len(custom_id) <= 100
