"""Own keys: sealed, checked at the start, and opened."""
