"""How connections to the database are made, driven and broken off."""
