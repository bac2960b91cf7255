"""The buttons on members' own views of a contest; each carries its position."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Self

import discord
from discord.ui import Button, Select

from bot.domain.history import Cursor, Direction
from bot.domain.ids import PATTERN, JobId
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.studio.contests.contest import ContestId
from bot.ui.cards.contests.buttons import CONTEST
from bot.ui.interactions.buttons import VERSION, JobButton, LastingButton, template
from bot.ui.interactions.selects import LastingSelect
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_LABEL, LONGEST_OPTION
from bot.ui.text.phrases.studio import contests as phrases
from bot.ui.text.phrases.studio import several
from bot.ui.text.render import plain_text

FIRST = "first"
CURSOR = rf"(?:(?P<way>{'|'.join(Direction)}):(?P<at>{PATTERN})|{FIRST})"
JOB = rf"(?P<job>{PATTERN})"


def _cursor(match: re.Match[str]) -> Cursor | None:
    return None if match["way"] is None else Cursor(direction=Direction(match["way"]), at=JobId(match["at"]))


def _written(cursor: Cursor | None) -> str:
    return FIRST if cursor is None else f"{cursor.direction}:{cursor.at}"


class EnterContestButton(JobButton, template=template("enter-contest")):
    """On the panel of a video: asks which contest to enter."""

    verb, text, emoji = "enter-contest", phrases.ENTER_ONE, "🏆"


class OfferPageButton(LastingButton, template=rf"{VERSION}:contest-offer:{CONTEST}:{CURSOR}"):
    """Shows more of the member's own videos."""

    def __init__(self, contest_id: ContestId, cursor: Cursor | None, text: Message = phrases.BACK) -> None:
        custom_id = f"{VERSION}:contest-offer:{contest_id}:{_written(cursor)}"
        super().__init__(Button(label=plain_text(text), custom_id=custom_id))
        self.contest_id = contest_id
        self.cursor = cursor

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(ContestId(match["contest"]), _cursor(match))


class OwnVideoSelect(LastingSelect, template=rf"{VERSION}:contest-pick:{CONTEST}"):
    """Enters a video."""

    def __init__(self, contest_id: ContestId, jobs: Sequence[Job] = (), label: Callable[[str], str] = str) -> None:
        options = [
            discord.SelectOption(
                label=cut(plain_text(several.option(job)), LONGEST_OPTION),
                description=cut(plain_text(several.option_state(job, label(job.request.model))), LONGEST_OPTION),
                value=job.id,
            )
            for job in jobs
        ]
        custom_id = f"{VERSION}:contest-pick:{contest_id}"
        select: Select[Any] = Select(custom_id=custom_id, placeholder=plain_text(phrases.CHOOSE), options=options)
        super().__init__(select)
        self.contest_id = contest_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(ContestId(match["contest"]))


class PutInButton(LastingButton, template=rf"{VERSION}:contest-put:{CONTEST}:{JOB}"):
    """Enters this video, from its panel."""

    def __init__(self, contest_id: ContestId, job_id: JobId, theme: Message = phrases.ENTER) -> None:
        label = cut(plain_text(theme), LONGEST_LABEL)
        super().__init__(Button(label=label, custom_id=f"{VERSION}:contest-put:{contest_id}:{job_id}"))
        self.contest_id = contest_id
        self.job_id = job_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(ContestId(match["contest"]), JobId(match["job"]))


class WithdrawButton(LastingButton, template=rf"{VERSION}:contest-withdraw:{CONTEST}:{JOB}"):
    """Withdraws a video of one's own."""

    def __init__(self, contest_id: ContestId, job_id: JobId) -> None:
        label = plain_text(phrases.withdraw(job_id))
        super().__init__(Button(label=label, custom_id=f"{VERSION}:contest-withdraw:{contest_id}:{job_id}"))
        self.contest_id = contest_id
        self.job_id = job_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(ContestId(match["contest"]), JobId(match["job"]))


class BallotPageButton(LastingButton, template=rf"{VERSION}:contest-ballot:{CONTEST}:(?P<page>\d{{1,3}})"):
    """Turns to another page of the entries."""

    def __init__(self, contest_id: ContestId, page: int, text: Message = phrases.VOTE) -> None:
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:contest-ballot:{contest_id}:{page}"))
        self.contest_id = contest_id
        self.page = page

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(ContestId(match["contest"]), int(match["page"]))


class CastButton(LastingButton, template=rf"{VERSION}:contest-cast:{CONTEST}:(?P<page>\d{{1,3}}):{JOB}"):
    """Votes for a video, or withdraws the vote, and stays on its page."""

    def __init__(
        self, contest_id: ContestId, page: int, job_id: JobId, text: Message = phrases.VOTE, *, given: bool = False
    ) -> None:
        button: Button[Any] = Button(
            label=plain_text(text), emoji="🗳️", custom_id=f"{VERSION}:contest-cast:{contest_id}:{page}:{job_id}"
        )
        if given:
            button.style = discord.ButtonStyle.success
        super().__init__(button)
        self.contest_id = contest_id
        self.page = page
        self.job_id = job_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(ContestId(match["contest"]), int(match["page"]), JobId(match["job"]))
