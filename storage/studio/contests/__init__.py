"""Contests, their entries and votes."""
