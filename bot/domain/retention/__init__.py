"""How long videos are kept, how much space they may take, and how people are warned before either limit is reached."""
