"""Contests: a theme, videos that members hand in, votes for them, and who wins."""
