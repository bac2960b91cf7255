"""What is asked before something is made from a finished video."""
