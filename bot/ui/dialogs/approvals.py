"""The form of an approver."""

from __future__ import annotations

import secrets
from typing import Any

from discord.ui import Label, Modal, TextInput

from bot.domain.ids import JobId
from bot.jobs.use_cases.queue.approvals import LONGEST_REASON
from bot.ui.dialogs.forms import OPEN_FOR, PREFIX, PROMPT
from bot.ui.text.phrases.access import approvals
from bot.ui.text.render import plain_text


class DenyForm(Modal):
    """Asks for the reason, which the member sees. Submitting it denies the order."""

    def __init__(self, job_id: JobId) -> None:
        custom_id = f"{PREFIX}deny:{job_id}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(approvals.DENY_TITLE), custom_id=custom_id, timeout=OPEN_FOR)
        text: TextInput[Any] = TextInput(max_length=LONGEST_REASON, custom_id=PROMPT)
        self.add_item(Label(text=plain_text(approvals.WHY), component=text))
