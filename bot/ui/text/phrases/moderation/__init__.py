"""Sentences about videos that should not be shown."""
