"""What members ask the prompt helper."""
