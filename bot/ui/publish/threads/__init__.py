"""Threads on the messages of videos."""
