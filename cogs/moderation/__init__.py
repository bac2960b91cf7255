"""Handling videos that should not be shown."""
