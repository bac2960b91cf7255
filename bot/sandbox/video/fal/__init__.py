"""A pretend fal: its queue, and beside it what its platform tells of models, prices and requests."""
