"""What the rules need from the outside world: one protocol each, defined by those who need it."""
