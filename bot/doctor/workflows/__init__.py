"""Turns workflows of ComfyUI into model cards."""
