"""The simulated OpenRouter."""
