"""How a finished video is delivered."""
