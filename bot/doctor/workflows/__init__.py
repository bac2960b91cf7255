"""Workflows of ComfyUI as model cards."""
