"""Pure values and rules. No Discord, SQL, HTTP, files or clocks."""
