"""The cogs with all that they use."""
