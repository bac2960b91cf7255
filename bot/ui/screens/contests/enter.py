"""Entering a video: the videos that are entered already, and the member's own videos to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from discord.ui import ActionRow, LayoutView, TextDisplay

from bot.domain.history import Cursor, Direction
from bot.domain.job import Job
from bot.domain.messages import Foreign, Message, msg
from bot.domain.studio.contests.contest import Contest
from bot.jobs.use_cases.studio.contests.enter import EntryChoices
from bot.ui.interactions.buttons import in_rows
from bot.ui.screens.contests.buttons import OfferPageButton, OwnVideoSelect, PutInButton, WithdrawButton
from bot.ui.text.phrases.studio import contests as phrases
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import render


class EnterScreen(LayoutView):
    """`said`: what was just done; `label`: the display name of a model."""

    def __init__(
        self,
        choices: EntryChoices,
        said: Message | None = None,
        *,
        takes_entries: bool = True,
        label: Callable[[str], str] = str,
    ) -> None:
        super().__init__(timeout=None)
        contest, page = choices.contest, choices.offered
        own_ids = {job.id for job in choices.own}
        offered = [job for job in page.jobs if job.id not in own_ids and job.video is not None]
        is_full = len(choices.own) >= contest.rules.entries_each
        hint = None if takes_entries or choices.own else phrases.NOTHING_OWN
        if takes_entries and is_full:
            hint = phrases.NO_ROOM
        elif takes_entries and not offered and not page.older and not page.newer:
            hint = phrases.NO_OTHERS if choices.own else phrases.no_own_videos(choices.refusal)
        self.add_item(TextDisplay(render(lines(phrases.enter(contest, choices.own), said, hint))))
        for row in in_rows([WithdrawButton(contest.id, job.id) for job in choices.own]):
            self.add_item(ActionRow(*row))
        if takes_entries and not is_full:
            if offered:
                self.add_item(ActionRow(OwnVideoSelect(contest.id, offered, label)))
            if turns := _turns(contest, page.jobs, newer=page.newer, older=page.older):
                self.add_item(ActionRow(*turns))


def _turns(contest: Contest, jobs: Sequence[Job], *, newer: bool, older: bool) -> list[OfferPageButton]:
    if not jobs:
        return []
    before = Cursor(direction=Direction.NEWER, at=jobs[0].id)
    after = Cursor(direction=Direction.OLDER, at=jobs[-1].id)
    return [
        *([OfferPageButton(contest.id, before, phrases.NEWER)] if newer else []),
        *([OfferPageButton(contest.id, after, phrases.OLDER)] if older else []),
    ]


class WhichContest(LayoutView):
    """Asks which contest to enter, from the panel of a video."""

    def __init__(self, job: Job, contests: Sequence[Contest]) -> None:
        super().__init__(timeout=None)
        self.add_item(TextDisplay(render(phrases.which_contest(job))))
        themes = [msg("{theme}", theme=Foreign(each.theme)) for each in contests]
        buttons = [PutInButton(each.id, job.id, theme) for each, theme in zip(contests, themes, strict=True)]
        self.add_item(ActionRow(*buttons))
