"""What the services have against what we know."""
