"""What is done about videos that should not be shown."""
