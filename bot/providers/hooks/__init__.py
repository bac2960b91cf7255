"""How services sign their calls."""
