"""OpenRouter's video API."""
