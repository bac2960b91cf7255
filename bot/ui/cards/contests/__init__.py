"""The messages of contests that everybody sees."""
