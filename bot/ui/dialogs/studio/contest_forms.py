"""The forms for contests. The options of the command are carried in the form's id."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from discord.ui import Label, Modal, TextInput

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.messages import Message
from bot.domain.studio.contests.contest import LONGEST_THEME, USUAL_ENTRIES, ContestId
from bot.domain.texts.discord_ids import DISCORD_ID
from bot.jobs.use_cases.studio.contests.run import ContestPlan
from bot.ui.dialogs.forms import OPEN_FOR, PREFIX, PROMPT
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.studio import contest_ends
from bot.ui.text.render import plain_text

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


class StartForm(Modal):
    """Asks for a new contest."""

    def __init__(self, asked: StartOptions) -> None:
        custom_id = f"{PREFIX}{START}:{asked}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(contest_ends.FORM_TITLE), custom_id=custom_id, timeout=OPEN_FOR)
        theme: TextInput[Any] = TextInput(custom_id=PROMPT, max_length=LONGEST_THEME)
        self.add_item(_label(contest_ends.THEME, contest_ends.THEME_HINT, theme))
        self.add_item(_label(contest_ends.DEADLINE, contest_ends.DEADLINE_HINT, _time(DEADLINE)))
        self.add_item(_label(contest_ends.VOTING_ENDS, contest_ends.VOTING_HINT, _time(VOTING, required=False)))
        each: TextInput[Any] = TextInput(custom_id=EACH, max_length=LONGEST_NUMBER, default="1")
        most: TextInput[Any] = TextInput(custom_id=ALL, max_length=LONGEST_NUMBER, default=str(USUAL_ENTRIES))
        self.add_item(_label(contest_ends.EACH, contest_ends.EACH_HINT, each))
        self.add_item(_label(contest_ends.ALL, contest_ends.ALL_HINT, most))


class TimesForm(Modal):
    """Asks for the new deadlines of a contest."""

    def __init__(self, contest_id: ContestId) -> None:
        custom_id = f"{PREFIX}{TIMES}:{contest_id}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(contest_ends.DEADLINE_TITLE), custom_id=custom_id, timeout=OPEN_FOR)
        for text, name in (contest_ends.DEADLINE, DEADLINE), (contest_ends.VOTING_ENDS, VOTING):
            self.add_item(_label(text, contest_ends.STAYS_HINT, _time(name, required=False)))


def _time(name: str, *, required: bool = True) -> TextInput[Any]:
    return TextInput(custom_id=name, max_length=LONGEST_WHEN, required=required)


def _label(text: Message, hint: Message, component: TextInput[Any]) -> Label[Any]:
    return Label(text=plain_text(text), description=plain_text(hint), component=component)


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
