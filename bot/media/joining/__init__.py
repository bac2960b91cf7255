"""Joins two videos, the second after the first."""
