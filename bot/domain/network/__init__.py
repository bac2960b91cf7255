"""Addresses of machines: which are on the public internet, and which may be called."""
