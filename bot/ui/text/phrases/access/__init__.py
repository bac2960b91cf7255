"""What is said about who may do what."""
