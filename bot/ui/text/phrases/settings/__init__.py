"""What is said about a server's settings."""
