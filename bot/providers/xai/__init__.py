"""xAI's Grok Imagine."""
