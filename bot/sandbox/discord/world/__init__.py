"""What there is on the pretend Discord, and how it changes."""
