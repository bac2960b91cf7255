"""The answers to commands that list or summarize."""
