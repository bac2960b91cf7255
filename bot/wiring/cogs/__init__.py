"""The cogs with their dependencies."""
