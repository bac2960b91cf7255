"""The pretend servers that speak the OpenAI Videos dialect."""
