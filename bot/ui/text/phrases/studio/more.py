"""The panel behind **More…** on a finished video."""

from __future__ import annotations

from bot.domain.job import Job
from bot.domain.messages import Message, Model, VideoId, msg
from bot.ui.text.phrases import results
from bot.ui.text.phrases.studio.liked import favourites
from bot.ui.text.phrases.values import lines, prompt, small

GO_ON = msg("Go on from here")
LOOK_CLOSER = msg("Look closer")
RATE = msg("Rate it")
KEEP = msg("Keep and share")
REPORT_OR_REMOVE, REMOVE, JUST_REPORT = msg("Report or remove"), msg("Remove"), msg("Report")
VARIATIONS = msg("Variations…")
COMPARE, CHOOSE_MODEL = msg("Compare…"), msg("The other model…")
NO_OTHER_MODEL = msg("There is no other model here to compare it with. You weren't charged.")
REPORT = msg("Report…")
DELETED = msg("This video was deleted.")
LONGEST_PROMPT = 100  # characters


def head(job: Job, rated: Message | None, *, is_favourite: bool) -> Message:
    title = msg("**More about {video}**", video=VideoId(job.id))
    words = prompt(job.request.prompt, LONGEST_PROMPT)
    marked = small(favourites.ONE_OF_YOURS) if is_favourite else None
    return lines(title, words, None if rated is None else small(rated), marked, _gone(job))


def chosen(label: Message) -> Message:
    """For a button that its reader has pressed: pressing it again undoes that."""
    return Message("{label} ✓", {"label": label})


def compare(job: Job, label: str) -> Message:
    """`label`: the name of its model, which would make it again."""
    question = msg("Compare {model} with which model?", model=Model(label))
    words = prompt(job.request.prompt, LONGEST_PROMPT)
    return lines(question, Message("> {words}", {"words": words}), small(COMPARE_HINT))


COMPARE_HINT = msg("Both make a new video from this prompt, side by side with votes. You confirm the total first.")


def _gone(job: Job) -> Message | None:
    if job.deleted:
        return small(DELETED)
    return None if job.expired_at is None else small(results.expired(job))
