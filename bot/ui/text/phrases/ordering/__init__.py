"""Sentences about an order before it is placed."""
