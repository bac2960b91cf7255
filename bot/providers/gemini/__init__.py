"""Gemini Omni, over Google's Interactions API."""
