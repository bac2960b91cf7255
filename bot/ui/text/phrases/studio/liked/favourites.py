"""Marking videos as favourites: one name for it, wherever the button is."""

from __future__ import annotations

from bot.domain.messages import msg

FAVOURITE, IS_FAVOURITE = msg("Favourite"), msg("Favourite ✓")
ONE_OF_YOURS = msg("⭐ One of your favourites")
