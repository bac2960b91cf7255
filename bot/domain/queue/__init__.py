"""A server's queue as its managers steer it."""
