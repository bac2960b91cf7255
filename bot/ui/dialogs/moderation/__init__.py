"""What is asked about videos that should not be shown."""
