"""The contents of the simulated Discord, and how they change."""
