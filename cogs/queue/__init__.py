"""What managers do with orders: the queue, bulk actions, and orders that need a decision."""
