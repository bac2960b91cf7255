"""Outgoing webhooks: what waits in the outbox is sent."""
