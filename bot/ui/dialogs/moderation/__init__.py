"""Forms of what may not be ordered."""
