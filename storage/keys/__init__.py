"""Own keys: encrypted, and the money that orders with them count towards."""
