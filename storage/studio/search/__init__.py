"""Finds videos by the words of their prompts."""
