"""The showcase's page of /settings."""
