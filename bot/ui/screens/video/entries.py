"""What the panel behind **More…** can offer: one list, with a line per entry.

What a click on an entry does is defined by the cog that owns its button, as for all buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

import discord

from bot.data_classes import value_object
from bot.domain.access.members import Member
from bot.domain.access.rules import may_end
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.moderation.venues import Venue
from bot.domain.studio.ratings import UNRATED, VideoRating
from bot.ui.interactions.buttons import DeleteButton, FramesButton, JobButton
from bot.ui.screens.contests.buttons import EnterContestButton
from bot.ui.screens.video.buttons import (
    AnimateFrameButton,
    CollectButton,
    CompareButton,
    DislikeButton,
    ExtendButton,
    LikeButton,
    LineageButton,
    MarkButton,
    RecipeButton,
    ReportButton,
    SavePresetButton,
    ShareButton,
    ShowcaseOutButton,
    ThreadButton,
    UnmarkButton,
    VariationsButton,
)
from bot.ui.text.phrases.studio import more


@value_object
class PanelFacts:
    """The facts that decide which entries somebody sees, given that they may watch the video."""

    job: Job
    member: Member
    may_make: bool = True  # whether they may make videos here
    is_favourite: bool = False
    has_links: bool = False  # people can reach this machine
    has_contest: bool = False  # one that accepts videos now, in a channel that they can read
    in_showcase: bool = False
    rating: VideoRating = UNRATED
    likes: bool | None = None  # whether they like it; None if they have not said
    message: str | None = None  # the link to its message, unless the panel was opened there

    @property
    def is_kept(self) -> bool:
        """Whether the video can still be watched."""
        return self.job.video is not None

    @property
    def can_go_on(self) -> bool:
        """Whether they can make another video from it."""
        return self.is_kept and self.may_make

    @property
    def has_anything(self) -> bool:
        """Whether there is something to delete: the video, or else what was ordered."""
        return self.is_kept or (self.job.expired_at is not None and not self.job.deleted)

    @property
    def can_be_rated(self) -> bool:
        return self.is_kept and not self.is_own and not self.job.private

    @property
    def is_own(self) -> bool:
        return self.job.owner_id == self.member.id

    @property
    def is_of_words_alone(self) -> bool:
        """Whether its prompt is all that another model needs for it."""
        return self.job.request.source is None and not self.job.request.pictures

    @property
    def may_enter(self) -> bool:
        """Whether the video itself could enter a contest. There are no contests in direct messages."""
        is_on_server = self.member.venue is not Venue.DIRECT
        return self.has_contest and is_on_server and self.is_kept and self.is_own and not self.job.private


class PanelGroup(Enum):
    """The parts of the panel, from top to bottom, each with its heading."""

    GO_ON = more.GO_ON
    LOOK_CLOSER = more.LOOK_CLOSER
    RATE = more.RATE
    KEEP = more.KEEP
    REMOVE = more.REPORT_OR_REMOVE

    def heading(self, offered: Sequence[PanelEntry]) -> Message:
        """`offered`: its entries that are shown."""
        is_report = {each.button is ReportButton for each in offered}
        if self is not PanelGroup.REMOVE or len(is_report) > 1:
            return self.value
        return more.JUST_REPORT if is_report == {True} else more.REMOVE


@value_object
class PanelEntry:
    """`offered`: for whom and for which videos it is shown.

    `chosen`: whether they have pressed it, and would undo that.
    """

    group: PanelGroup
    button: type[JobButton]
    offered: Callable[[PanelFacts], bool]
    chosen: Callable[[PanelFacts], bool] = lambda _: False

    def button_for(self, about: PanelFacts) -> JobButton:
        if not self.chosen(about):
            return self.button(about.job.id)
        button = self.button(about.job.id, more.chosen(self.button.text))
        button.item.style = discord.ButtonStyle.success
        return button


def _likes(about: PanelFacts) -> bool:
    return about.likes is True


def _dislikes(about: PanelFacts) -> bool:
    return about.likes is False


ENTRIES: Sequence[PanelEntry] = (
    PanelEntry(group=PanelGroup.GO_ON, button=VariationsButton, offered=lambda it: it.can_go_on),
    PanelEntry(group=PanelGroup.GO_ON, button=CompareButton, offered=lambda it: it.can_go_on and it.is_of_words_alone),
    PanelEntry(group=PanelGroup.GO_ON, button=ExtendButton, offered=lambda it: it.can_go_on),
    PanelEntry(group=PanelGroup.GO_ON, button=AnimateFrameButton, offered=lambda it: it.can_go_on),
    PanelEntry(group=PanelGroup.GO_ON, button=ThreadButton, offered=lambda it: it.is_kept and not it.job.private),
    PanelEntry(group=PanelGroup.LOOK_CLOSER, button=FramesButton, offered=lambda it: it.is_kept),
    PanelEntry(group=PanelGroup.LOOK_CLOSER, button=RecipeButton, offered=lambda _: True),
    PanelEntry(group=PanelGroup.LOOK_CLOSER, button=LineageButton, offered=lambda _: True),
    PanelEntry(group=PanelGroup.RATE, button=LikeButton, offered=lambda it: it.can_be_rated, chosen=_likes),
    PanelEntry(group=PanelGroup.RATE, button=DislikeButton, offered=lambda it: it.can_be_rated, chosen=_dislikes),
    PanelEntry(group=PanelGroup.KEEP, button=MarkButton, offered=lambda it: it.is_kept and not it.is_favourite),
    PanelEntry(group=PanelGroup.KEEP, button=UnmarkButton, offered=lambda it: it.is_favourite),
    PanelEntry(group=PanelGroup.KEEP, button=CollectButton, offered=lambda it: it.is_kept),
    PanelEntry(group=PanelGroup.KEEP, button=EnterContestButton, offered=lambda it: it.may_enter),
    PanelEntry(group=PanelGroup.KEEP, button=SavePresetButton, offered=lambda it: it.is_kept),
    PanelEntry(
        group=PanelGroup.KEEP,
        button=ShareButton,
        offered=lambda it: it.is_kept and it.has_links and (it.is_own or not it.job.private),
    ),
    PanelEntry(
        group=PanelGroup.REMOVE,
        button=ReportButton,
        offered=lambda it: it.is_kept and not it.is_own and not it.job.private,
    ),
    PanelEntry(
        group=PanelGroup.REMOVE,
        button=ShowcaseOutButton,
        offered=lambda it: it.in_showcase and may_end(it.member, it.job),
    ),
    PanelEntry(
        group=PanelGroup.REMOVE, button=DeleteButton, offered=lambda it: it.has_anything and may_end(it.member, it.job)
    ),
)
