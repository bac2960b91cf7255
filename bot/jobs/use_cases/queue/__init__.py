"""A server's queue in its managers' hands."""
