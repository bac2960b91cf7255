"""What a server is told as Kinora joins it."""
