"""Forms about what may not be ordered, and about videos that should not be shown."""
