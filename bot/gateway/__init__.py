"""The connection to Discord's gateway."""
