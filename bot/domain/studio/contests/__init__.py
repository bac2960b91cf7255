"""Contests: a theme, videos that members enter, votes for them, and who wins."""
