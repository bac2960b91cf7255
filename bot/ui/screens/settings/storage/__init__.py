"""The page about how long videos are kept, and the space they use."""
