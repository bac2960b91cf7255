"""The simulated xAI."""
