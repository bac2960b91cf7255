"""Two videos as one, the second after the first."""
