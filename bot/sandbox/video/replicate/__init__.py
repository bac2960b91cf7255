"""The pretend Replicate."""
