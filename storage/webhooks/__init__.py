"""Outgoing webhooks: the addresses of servers, and deliveries on their way to them."""
