"""Every sentence about videos that should not be shown."""
