"""Members' own data and preferences."""
