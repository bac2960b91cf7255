"""What members and managers do about videos that should not be shown."""
