"""Posts in showcases."""
