"""The forms of those who decide about an order: why it is denied, or which video at its service is its own."""

from __future__ import annotations

from typing import Any

from discord.ui import TextInput

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.jobs.use_cases.queue.approvals import LONGEST_REASON
from bot.jobs.use_cases.review import LONGEST_ID
from bot.ui.dialogs.forms import PROMPT, Form, labelled
from bot.ui.text.phrases import forms
from bot.ui.text.phrases.access import approvals


class DenyForm(Form):
    """Asks for the reason, which the member sees. Submitting it denies the order."""

    def __init__(self, job_id: JobId) -> None:
        super().__init__("deny", job_id, approvals.DENY_TITLE)
        text: TextInput[Any] = TextInput(max_length=LONGEST_REASON, custom_id=PROMPT)
        self.add_item(labelled(approvals.WHY, text))


class AdoptForm(Form):
    """Asks which video at the service is the job's. `known` is our suggestion, `written` what was entered before."""

    def __init__(self, job: Job, known: str | None, written: str | None = None) -> None:
        super().__init__("adopt", job.id, forms.adopt(job))
        text: TextInput[Any] = TextInput(default=written or known, max_length=LONGEST_ID, custom_id=PROMPT)
        self.add_item(labelled(forms.ID_AT_SERVICE, text, forms.WHAT_I_KNOW if known else forms.DASHBOARD))
