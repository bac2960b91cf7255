"""The forms for contests. The options of the command are carried in the form's id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from discord.ui import TextInput

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.studio.contests.contest import LONGEST_THEME, USUAL_ENTRIES, ContestId
from bot.domain.texts.discord_ids import DISCORD_ID
from bot.jobs.use_cases.studio.contests.run import ContestPlan
from bot.ui.dialogs.forms import PROMPT, Form, labelled
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.studio import contest_ends

START, TIMES = "contest-start", "contest-times"  # verbs
DEADLINE, VOTING, EACH, ALL = "deadline", "voting", "each", "all"  # the ids of fields
LONGEST_WHEN, LONGEST_NUMBER = 40, 3  # characters
ABOUT = re.compile(rf"(?P<channel>{DISCORD_ID})-(?P<votes>[0-9])-(?P<newer>[01])")


@value_object
class StartOptions:
    """The options of the command."""

    channel_id: int
    votes_each: int = 1
    newer_only: bool = True

    def __str__(self) -> str:
        return f"{self.channel_id}-{self.votes_each}-{int(self.newer_only)}"

    @classmethod
    def read(cls, about: str) -> StartOptions:
        found = ABOUT.fullmatch(about)
        if found is None:
            raise BadRequest(errors.OTHER_FORM)
        newer = found["newer"] == "1"
        return cls(channel_id=int(found["channel"]), votes_each=int(found["votes"]), newer_only=newer)


class StartForm(Form):
    """Asks for a new contest."""

    def __init__(self, asked: StartOptions) -> None:
        super().__init__(START, str(asked), contest_ends.FORM_TITLE)
        theme: TextInput[Any] = TextInput(custom_id=PROMPT, max_length=LONGEST_THEME)
        self.add_item(labelled(contest_ends.THEME, theme, contest_ends.THEME_HINT))
        self.add_item(labelled(contest_ends.DEADLINE, _time(DEADLINE), contest_ends.DEADLINE_HINT))
        self.add_item(labelled(contest_ends.VOTING_ENDS, _time(VOTING, required=False), contest_ends.VOTING_HINT))
        each: TextInput[Any] = TextInput(custom_id=EACH, max_length=LONGEST_NUMBER, default="1")
        most: TextInput[Any] = TextInput(custom_id=ALL, max_length=LONGEST_NUMBER, default=str(USUAL_ENTRIES))
        self.add_item(labelled(contest_ends.EACH, each, contest_ends.EACH_HINT))
        self.add_item(labelled(contest_ends.ALL, most, contest_ends.ALL_HINT))


class TimesForm(Form):
    """Asks for the new deadlines of a contest."""

    def __init__(self, contest_id: ContestId) -> None:
        super().__init__(TIMES, contest_id, contest_ends.DEADLINE_TITLE)
        for text, name in (contest_ends.DEADLINE, DEADLINE), (contest_ends.VOTING_ENDS, VOTING):
            self.add_item(labelled(text, _time(name, required=False), contest_ends.STAYS_HINT))


def _time(name: str, *, required: bool = True) -> TextInput[Any]:
    return TextInput(custom_id=name, max_length=LONGEST_WHEN, required=required)


def plan_in(about: str, fields: Mapping[str, str]) -> ContestPlan:
    """A contest from a submitted form."""
    asked = StartOptions.read(about)
    return ContestPlan(
        channel_id=asked.channel_id,
        theme=fields.get(PROMPT, ""),
        deadline=fields.get(DEADLINE, ""),
        voting_ends=fields.get(VOTING, ""),
        entries_each=fields.get(EACH, ""),
        most_entries=fields.get(ALL, ""),
        votes_each=asked.votes_each,
        newer_only=asked.newer_only,
    )
