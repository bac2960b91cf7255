"""Protocols for what members keep and arrange among finished videos."""
