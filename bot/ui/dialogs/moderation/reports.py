"""The forms before a video is reported by a member, or taken down by a manager. Submitting one confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord.ui import Checkbox, Label, TextDisplay, TextInput

from bot.domain.job import Job
from bot.domain.messages import Message
from bot.jobs.use_cases.moderation.reports import LONGEST_REASON
from bot.jobs.use_cases.moderation.take_downs import TakeDownPreview
from bot.ui.dialogs.forms import PROMPT, Form, is_ticked, labelled
from bot.ui.text.phrases.moderation import reports
from bot.ui.text.render import plain_text

REPORT, TAKE_DOWN, TAKE_DOWN_REPORTED = "report", "take-down", "take-down-reported"  # the verbs of forms
BLOCK_MAKER = "block-maker"  # likewise; the form is the one for other blocks
REMIXES = "remixes"  # the id of a field


class ReportForm(Form):
    """Asks for the reason."""

    def __init__(self, job: Job) -> None:
        super().__init__(REPORT, job.id, reports.report_title(job))
        self.add_item(_reason(reports.WHY_REPORT, reports.WHO_READS))


class TakeDownForm(Form):
    """Says what will be removed; asks why, and whether its remixes go too. `was_reported`: it answers reports."""

    def __init__(self, preview: TakeDownPreview, *, was_reported: bool) -> None:
        verb = TAKE_DOWN_REPORTED if was_reported else TAKE_DOWN
        super().__init__(verb, preview.job.id, reports.take_down_title(preview.job))
        self.add_item(TextDisplay(plain_text(reports.what_goes(preview))))
        self.add_item(_reason(reports.WHY_TAKE_DOWN, reports.MAKER_READS))
        if preview.remixes:
            box: Checkbox[Any] = Checkbox(custom_id=REMIXES)
            self.add_item(labelled(reports.WITH_REMIXES, box, reports.remixes_of(preview)))


def with_remixes_in(fields: Mapping[str, str]) -> bool:
    return is_ticked(fields, REMIXES)


def _reason(label: Message, hint: Message) -> Label[Any]:
    text: TextInput[Any] = TextInput(
        style=discord.TextStyle.paragraph, max_length=LONGEST_REASON, required=False, custom_id=PROMPT
    )
    return labelled(label, text, hint)
