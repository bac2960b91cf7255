"""Every sentence people read, and how values are written."""
