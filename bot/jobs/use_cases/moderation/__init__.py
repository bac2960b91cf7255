"""What members and managers do about what should not be ordered, and about videos that should not be shown."""
