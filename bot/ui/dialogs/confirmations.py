"""Short answers and questions for one person's eyes."""

from __future__ import annotations

from discord.ui import ActionRow, LayoutView, TextDisplay

from bot.domain.ids import shown
from bot.domain.job import Job
from bot.ui.interactions.buttons import NotChargedButton, ReallyDeleteButton, ReallyPayAgainButton, WasChargedButton


class Note(LayoutView):
    """A sentence in the place of something that had buttons."""

    def __init__(self, sentence: str) -> None:
        super().__init__(timeout=None)
        self.add_item(TextDisplay(sentence))


class DeleteQuestion(LayoutView):
    """Asked before a paid video is deleted: it is not lost by a slip of the finger."""

    def __init__(self, job: Job) -> None:
        super().__init__(timeout=None)
        words = f"Delete {shown(job.id)} for good? Video, poster and stills are removed; its cost stays in the books."
        self.add_item(TextDisplay(words))
        self.add_item(ActionRow(ReallyDeleteButton(job.id)))


def deletion_note(name: str, *, post_removed: bool, at_service: bool | None) -> str:
    """What was removed where, truthfully."""
    said = [f"{name}: the video, its poster and its stills are deleted here."]
    if not post_removed:
        said.append("Its message could not be removed; a moderator can do that.")
    match at_service:
        case True:
            said.append("The video service deleted its copy too.")
        case False:
            said.append("The video service keeps its copy until that expires there.")
        case None:
            pass
    return " ".join([*said, "What it cost stays in `/costs`."])


class PayAgainQuestion(LayoutView):
    """Asked before an order that may have been paid is sent a second time."""

    def __init__(self, job: Job, *, was_sent: bool) -> None:
        super().__init__(timeout=None)
        risk = (
            f"If the first try was charged after all, it is paid twice: {job.quote} and {job.quote} again. "
            "The books count it once."
            if was_sent
            else "Nothing was sent so far."
        )
        self.add_item(TextDisplay(f"Order {shown(job.id)} once more for about **{job.quote}**? {risk}"))
        self.add_item(ActionRow(ReallyPayAgainButton(job.id, f"Order it · {job.quote}")))


class GiveUpQuestion(LayoutView):
    """Asked before an order is ended that may have been paid: the books need to know."""

    def __init__(self, job: Job) -> None:
        super().__init__(timeout=None)
        price = job.cost or job.quote
        words = (
            f"Give {shown(job.id)} up? The service's own dashboard or bill says whether {price} were charged; "
            "the books follow what you press."
        )
        self.add_item(TextDisplay(words))
        self.add_item(ActionRow(NotChargedButton(job.id), WasChargedButton(job.id, f"It was charged · {price}")))
