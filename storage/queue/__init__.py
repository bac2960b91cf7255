"""What managers decide about the queue of their server."""
