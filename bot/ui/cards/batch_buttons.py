"""The buttons that only the card of a batch has."""

from __future__ import annotations

from bot.domain.messages import msg
from bot.ui.interactions.buttons import JobButton, template
from bot.ui.text.phrases.studio.batches import CANCEL_WAITING


class CancelWaitingButton(JobButton, template=template("cancel-waiting")):
    """Cancels the waiting orders of the batch that this video leads."""

    verb, text = "cancel-waiting", CANCEL_WAITING


class VoteButton(JobButton, template=template("vote")):
    verb, text, emoji = "vote", msg("Vote"), "🗳️"
