"""How connections to the database are made, used and interrupted."""
