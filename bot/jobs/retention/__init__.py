"""Videos are kept as long as their server wants and the host has space, and people are warned before either ends."""
