"""Webhooks out: the addresses of servers, and what is on its way to them."""
