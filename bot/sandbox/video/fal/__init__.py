"""A simulated fal: its queue, and its platform with models, prices and requests."""
