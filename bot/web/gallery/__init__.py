"""A member's videos on web pages, opened by a link from `/history`."""
