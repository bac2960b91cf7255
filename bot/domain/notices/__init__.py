"""What managers are told of by themselves, and where."""
