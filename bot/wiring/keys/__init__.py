"""Own keys: encrypted, checked at start-up, and opened."""
