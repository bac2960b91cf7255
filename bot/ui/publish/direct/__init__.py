"""What is said to one person."""
