"""The pages behind /settings."""
