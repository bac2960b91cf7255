"""Contests as messages in the channels of their servers."""
