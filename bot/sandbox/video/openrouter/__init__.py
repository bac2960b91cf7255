"""The pretend OpenRouter."""
