"""Videos are kept as long as their server wants and as the host has room, and people are warned before either ends."""
