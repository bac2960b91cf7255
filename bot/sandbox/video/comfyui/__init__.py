"""The simulated ComfyUI."""
