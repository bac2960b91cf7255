"""What servers and members do with keys of their own."""
