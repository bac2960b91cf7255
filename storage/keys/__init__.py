"""Own keys: sealed, and the money that orders with them count in."""
