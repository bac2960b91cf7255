"""The simulated Replicate."""
