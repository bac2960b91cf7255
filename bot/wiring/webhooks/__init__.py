"""Webhooks out, wired."""
