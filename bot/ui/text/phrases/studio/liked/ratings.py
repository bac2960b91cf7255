"""Members' ratings of a video."""

from __future__ import annotations

from bot.domain.messages import Message, msg
from bot.domain.studio.ratings import VideoRating
from bot.domain.studio.words import rating
from bot.ui.text.phrases.values import dotted

LIKE, DISLIKE = msg("Like"), msg("Dislike")
LIKED_BY_YOU, DISLIKED_BY_YOU = msg("You like it."), msg("You don't like it.")
WELL_RATED = msg("that more members like than dislike")


def rating_and_yours(given: VideoRating, *, likes: bool | None) -> Message | None:
    """The ratings, with the reader's own: they like it, do not like it, or have not rated it. None if nobody has."""
    if not given.is_rated:
        return None
    yours = {True: LIKED_BY_YOU, False: DISLIKED_BY_YOU, None: None}[likes]
    return dotted(rating(given), yours)
