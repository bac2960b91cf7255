"""Compares what the services have with what we know."""
