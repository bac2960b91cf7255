"""The pretend xAI."""
