"""What can be seen of a finished video beyond its message: the panel behind **More…**, and what that opens."""
