"""What a server is told when Kinora joins it."""
