"""The prompt helper's suggestions."""
