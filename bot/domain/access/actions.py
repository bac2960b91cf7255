"""What a member wants to do, as far as a server's rules decide it."""

from __future__ import annotations

from enum import Enum

from bot.data_classes import value_object
from bot.domain.video import VideoRequest


class Act(Enum):
    MAKE = "make videos"
    SEE_STATS = "see statistics, as who makes videos can"
    SEE_SERVER_COSTS = "see what the whole server spent"
    SEE_HISTORY = "look through the videos of the whole server"
    APPROVE = "approve what others ask for"
    MANAGE = "change the server's rules"
    REPORT = "report a video that was posted"
    MODERATE = "decide about reports, and take videos down"
    VOTE = "vote for one of several videos that are compared, or in a contest"
    ENTER = "hand in a video of one's own for a contest"
    RUN_CONTESTS = "start, change and end contests"
    KEEP = "keep a video among one's favourites"
    OWN_DATA = "choose for oneself; see, export and erase what is kept of oneself"


@value_object
class OrderVideo:
    """To make this particular video."""

    request: VideoRequest
    private: bool


Action = Act | OrderVideo
