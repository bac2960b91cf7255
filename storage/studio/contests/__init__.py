"""Contests, what was handed in, and the votes for it."""
