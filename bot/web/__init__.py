"""What Kinora shows outside Discord: its health, and videos that are too large for a message."""
