"""The pages outside Discord, and what they say about this process."""
