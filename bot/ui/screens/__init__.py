"""The answers to commands that list or sum up."""
