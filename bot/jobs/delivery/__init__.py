"""How a finished video gets to its people."""
