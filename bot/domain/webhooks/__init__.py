"""Webhooks out: what a server has told to machines of its own, and where."""
