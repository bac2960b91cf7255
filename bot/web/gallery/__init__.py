"""A member's videos on pages of their own, opened by a link from `/history`."""
