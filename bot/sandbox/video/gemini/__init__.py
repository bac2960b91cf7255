"""The pretend Gemini Omni."""
