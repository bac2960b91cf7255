"""What Kinora shows outside Discord: whether it is well, and videos that are too large for a message."""
