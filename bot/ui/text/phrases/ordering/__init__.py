"""What is said between a wish and an order."""
