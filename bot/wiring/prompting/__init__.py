"""The prompt helper."""
