"""The buttons of contests: `k1:contest:<verb>:<contest>`, and those that also contain a video or a page."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, Self

import discord
from discord.ui import Button

from bot.domain.messages import Message
from bot.domain.studio.contests.contest import ID_PATTERN, ContestId
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.text.phrases.studio import contests as phrases
from bot.ui.text.render import plain_text

CONTEST = rf"(?P<contest>{ID_PATTERN})"


class ContestVerb(StrEnum):
    """The values are part of button ids: they never change."""

    ENTER = "enter"
    OWN = "own"
    VOTE = "vote"
    MANAGE = "manage"
    BACK = "back"  # from a question, back to what managers can do
    END = "end"
    REALLY_END = "really-end"
    CANCEL = "cancel"
    REALLY_CANCEL = "really-cancel"


LOOKS: dict[ContestVerb, tuple[Message, str | None, discord.ButtonStyle]] = {
    ContestVerb.ENTER: (phrases.ENTER, "🎬", discord.ButtonStyle.primary),
    ContestVerb.OWN: (phrases.YOUR_VIDEOS, None, discord.ButtonStyle.secondary),
    ContestVerb.VOTE: (phrases.VOTE, "🗳️", discord.ButtonStyle.secondary),
    ContestVerb.MANAGE: (phrases.MANAGE, None, discord.ButtonStyle.secondary),
    ContestVerb.BACK: (phrases.BACK, None, discord.ButtonStyle.secondary),
    ContestVerb.END: (phrases.END_NOW, None, discord.ButtonStyle.secondary),
    ContestVerb.REALLY_END: (phrases.REALLY_END, None, discord.ButtonStyle.danger),
    ContestVerb.CANCEL: (phrases.CANCEL, None, discord.ButtonStyle.danger),
    ContestVerb.REALLY_CANCEL: (phrases.REALLY_CANCEL, None, discord.ButtonStyle.danger),
}


class ContestButton(LastingButton, template=rf"{VERSION}:contest:(?P<verb>{'|'.join(ContestVerb)}):{CONTEST}"):
    """Does something about one contest."""

    def __init__(self, verb: ContestVerb, contest_id: ContestId) -> None:
        label, emoji, style = LOOKS[verb]
        custom_id = f"{VERSION}:contest:{verb}:{contest_id}"
        button: Button[Any] = Button(label=plain_text(label), emoji=emoji, style=style, custom_id=custom_id)
        super().__init__(button)
        self.verb = verb
        self.contest_id = contest_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(ContestVerb(match["verb"]), ContestId(match["contest"]))


class ContestDeadlineButton(LastingButton, template=rf"{VERSION}:contest-deadline:{CONTEST}"):
    """Asks for the new deadline."""

    opens_form = True

    def __init__(self, contest_id: ContestId) -> None:
        label = plain_text(phrases.CHANGE_DEADLINE)
        super().__init__(Button(label=label, custom_id=f"{VERSION}:contest-deadline:{contest_id}"))
        self.contest_id = contest_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(ContestId(match["contest"]))
