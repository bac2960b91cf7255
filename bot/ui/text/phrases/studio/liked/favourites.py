"""What is said where members mark videos for themselves: one name for it, wherever the button stands."""

from __future__ import annotations

from bot.domain.messages import msg

FAVOURITE, IS_FAVOURITE = msg("Favourite"), msg("Favourite ✓")
ONE_OF_YOURS = msg("⭐ One of your favourites")
