"""What of the kept videos takes room, and for how long."""
