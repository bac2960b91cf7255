"""A server's queue under its managers' control."""
