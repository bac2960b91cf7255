"""Contests: run by managers, entered and voted in by members, and what happens in them by itself."""
