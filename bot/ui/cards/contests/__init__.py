"""The public messages of contests."""
