"""Outgoing webhooks, wired."""
