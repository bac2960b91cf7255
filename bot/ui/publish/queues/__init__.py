"""The cards in a queue."""
