"""The pages outside Discord, and what they say of this process."""
