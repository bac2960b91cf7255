"""What members and managers do about orders that are not allowed, and videos that should not be shown."""
