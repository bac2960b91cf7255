"""Noting what managers change, and leafing through it."""
