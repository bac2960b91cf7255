"""Webhooks out: what waits in the outbox is sent."""
