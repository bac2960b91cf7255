"""Contests as messages in the servers' channels."""
