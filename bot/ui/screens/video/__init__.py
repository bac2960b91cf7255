"""What somebody sees of one finished video beside its message: the panel behind **More…**, and what that opens."""
