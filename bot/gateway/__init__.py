"""Being connected to Discord's gateway."""
