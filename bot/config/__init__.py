"""Settings as people write them: where they are read, what they may be, and what is said of those that are wrong."""
