"""Sentences about a server's settings."""
