"""Orders that a service may or may not have accepted: what is stored about that."""
