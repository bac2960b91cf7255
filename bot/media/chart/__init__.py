"""Charts with columns or bars."""
