"""What a member is told before money is spent."""
