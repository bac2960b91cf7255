"""Videos by the words of their prompts."""
