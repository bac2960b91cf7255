"""What can be made of videos beyond one order: several at once."""
