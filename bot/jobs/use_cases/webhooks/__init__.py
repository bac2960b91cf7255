"""What managers do about the webhooks of their server."""
