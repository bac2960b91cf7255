"""The forms before a video is reported by a member, or taken down by a manager. Submitting one confirms it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import discord
from discord.ui import Checkbox, Label, Modal, TextDisplay, TextInput

from bot.domain.job import Job
from bot.domain.messages import Message
from bot.jobs.use_cases.moderation.reports import LONGEST_REASON
from bot.jobs.use_cases.moderation.take_downs import TakeDownPreview
from bot.ui.dialogs.forms import OPEN_FOR, PREFIX, PROMPT
from bot.ui.text.phrases.moderation import reports
from bot.ui.text.render import plain_text

REPORT, TAKE_DOWN, TAKE_DOWN_REPORTED = "report", "take-down", "take-down-reported"  # the verbs of forms
BLOCK_MAKER = "block-maker"  # likewise; the form is the one for other blocks
REMIXES = "remixes"  # the id of a field


class ReportForm(Modal):
    """Asks for the reason."""

    def __init__(self, job: Job) -> None:
        custom_id = f"{PREFIX}{REPORT}:{job.id}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(reports.report_title(job)), custom_id=custom_id, timeout=OPEN_FOR)
        self.add_item(_reason(reports.WHY_REPORT, reports.WHO_READS))


class TakeDownForm(Modal):
    """Says what will be removed; asks why, and whether its remixes go too. `was_reported`: it answers reports."""

    def __init__(self, preview: TakeDownPreview, *, was_reported: bool) -> None:
        verb = TAKE_DOWN_REPORTED if was_reported else TAKE_DOWN
        custom_id = f"{PREFIX}{verb}:{preview.job.id}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(reports.take_down_title(preview.job)), custom_id=custom_id, timeout=OPEN_FOR)
        self.add_item(TextDisplay(plain_text(reports.what_goes(preview))))
        self.add_item(_reason(reports.WHY_TAKE_DOWN, reports.MAKER_READS))
        if preview.remixes:
            box: Checkbox[Any] = Checkbox(custom_id=REMIXES)
            how_many = plain_text(reports.remixes_of(preview))
            self.add_item(Label(text=plain_text(reports.WITH_REMIXES), description=how_many, component=box))


def with_remixes_in(fields: Mapping[str, str]) -> bool:
    return fields.get(REMIXES) == str(True)


def _reason(label: Message, hint: Message) -> Label[Any]:
    text: TextInput[Any] = TextInput(
        style=discord.TextStyle.paragraph, max_length=LONGEST_REASON, required=False, custom_id=PROMPT
    )
    return Label(text=plain_text(label), description=plain_text(hint), component=text)
