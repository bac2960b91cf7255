"""What managers are notified of, and where."""
