"""What can be done with the prompt helper's suggestions."""
