"""The buttons on a page of /history. Each carries its position: what is listed, and the video next to which it starts.

`k1:history:<view>:<older|newer>:<job id>`, or `…:first` for the beginning. What a view lists is remembered for a while;
a view of one's own videos by state has the state as its name (see `bot.jobs.use_cases.studio.views`).
"""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord.ui import Button

from bot.data_classes import value_object
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import PATTERN, JobId
from bot.domain.messages import Message
from bot.jobs.use_cases.studio.views import NAME
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.text.phrases.studio import history
from bot.ui.text.phrases.studio.liked import favourites
from bot.ui.text.render import plain_text

FIRST = "first"
PLACE = rf"(?P<view>{'|'.join(HistoryFilter)}|{NAME}):(?:(?P<way>{'|'.join(Direction)}):(?P<at>{PATTERN})|{FIRST})"
ARROWS = {Direction.NEWER: "◀️", Direction.OLDER: "▶️"}


@value_object(kw_only=False)
class Place:
    """A page: the name of what is listed, and the position in it."""

    view: str
    cursor: Cursor | None = None

    @classmethod
    def read(cls, match: re.Match[str]) -> Place:
        if match["way"] is None:
            return cls(match["view"])
        return cls(match["view"], Cursor(direction=Direction(match["way"]), at=JobId(match["at"])))

    def __str__(self) -> str:
        return f"{self.view}:{FIRST if self.cursor is None else f'{self.cursor.direction}:{self.cursor.at}'}"


FIRST_OF_MINE = Place(HistoryFilter.ALL)


class PageButton(LastingButton, template=f"{VERSION}:history:{PLACE}"):
    """Turns to another page."""

    def __init__(self, place: Place, text: Message = history.ALL_OF_MINE) -> None:
        emoji = None if place.cursor is None else ARROWS[place.cursor.direction]
        super().__init__(Button(label=plain_text(text), emoji=emoji, custom_id=f"{VERSION}:history:{place}"))
        self.place = place

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(Place.read(match))


class StarButton(LastingButton, template=rf"{VERSION}:star:{PLACE}:(?P<job>{PATTERN})"):
    """Adds a video of the page to the favourites, or removes it."""

    def __init__(self, place: Place, job_id: JobId, *, is_favourite: bool = False) -> None:
        text = favourites.IS_FAVOURITE if is_favourite else favourites.FAVOURITE
        button: Button[Any] = Button(label=plain_text(text), emoji="⭐", custom_id=f"{VERSION}:star:{place}:{job_id}")
        if is_favourite:
            button.style = discord.ButtonStyle.success
        super().__init__(button)
        self.place = place
        self.job_id = job_id

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(Place.read(match), JobId(match["job"]))
