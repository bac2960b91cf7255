"""The simulated Gemini Omni."""
