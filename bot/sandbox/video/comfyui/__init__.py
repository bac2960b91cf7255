"""The pretend ComfyUI."""
