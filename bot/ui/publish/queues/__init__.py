"""What the cards in a queue say of it."""
