"""What managers do with orders: the queue, many at once, and those that nobody could resolve."""
