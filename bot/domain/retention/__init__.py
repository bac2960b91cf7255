"""How long videos are kept, how much room they may take, and how people are warned before either ends."""
