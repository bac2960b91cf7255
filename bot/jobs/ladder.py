"""Remix by the best way the model can do, and the words that go with each."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.job import Job
from bot.domain.models import LONGEST_PROMPT, ModelCard
from bot.domain.phases import Done, Posting, Rendering, Saving, Undelivered
from bot.domain.video import BY_FILE, BY_ID, Rung


def rungs(card: ModelCard, source: Job) -> Sequence[Rung]:
    """The ways that are open for this source, best first."""
    return [
        rung
        for rung in card.remix
        if not (rung in BY_ID and (source.provider != card.provider or remote_id(source) is None))
        and not (rung in BY_FILE and source.video is None)
    ]


def remote_id(job: Job) -> str | None:
    match job.phase:
        case Rendering() | Saving() | Posting() | Done() | Undelivered() as phase:
            return phase.remote_id
        case _:
            return None


def remix_prompt(rung: Rung, wanted: str, source_prompt: str) -> str:
    """A host that sees the source gets the change alone; one that does not gets the whole scene too."""
    if rung in BY_ID or rung is Rung.SOURCE:
        return wanted
    scene = source_prompt[: max(0, LONGEST_PROMPT - len(wanted) - 2)]
    return f"{scene}\n\n{wanted}".strip() if scene else wanted
