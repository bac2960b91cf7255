"""Outgoing webhooks: which events a server sends to its own systems, and where."""
