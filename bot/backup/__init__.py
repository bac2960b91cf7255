"""python -m bot backup and restore."""
