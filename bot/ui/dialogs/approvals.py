"""The form of an approver."""

from __future__ import annotations

from typing import Any

from discord.ui import TextInput

from bot.domain.ids import JobId
from bot.jobs.use_cases.queue.approvals import LONGEST_REASON
from bot.ui.dialogs.forms import PROMPT, Form, labelled
from bot.ui.text.phrases.access import approvals


class DenyForm(Form):
    """Asks for the reason, which the member sees. Submitting it denies the order."""

    def __init__(self, job_id: JobId) -> None:
        super().__init__("deny", job_id, approvals.DENY_TITLE)
        text: TextInput[Any] = TextInput(max_length=LONGEST_REASON, custom_id=PROMPT)
        self.add_item(labelled(approvals.WHY, text))
