"""Managers' decisions about the queue of their server."""
