"""Addresses of machines: which are of the public internet, and which may be called."""
