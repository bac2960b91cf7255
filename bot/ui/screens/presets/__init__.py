"""The pages of /presets."""
