"""Finds out what managers need to know, and tells them once."""
