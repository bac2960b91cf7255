"""Protocols of what members keep and arrange among finished videos."""
