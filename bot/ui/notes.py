"""Short answers and questions for one person's eyes."""

from __future__ import annotations

from discord.ui import ActionRow, LayoutView, TextDisplay

from bot.domain.ids import shown
from bot.domain.job import Job
from bot.ui.buttons import ReallyDeleteButton


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
