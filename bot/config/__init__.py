"""Settings as people write them: where they are read, which values are valid, and what is said about invalid ones."""
