"""When things happen: estimates, waits, and clocks that stood still."""
