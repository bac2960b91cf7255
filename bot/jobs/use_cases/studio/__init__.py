"""What can be done with finished videos, and how they are found again."""
