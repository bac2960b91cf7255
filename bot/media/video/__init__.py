"""Video files: their actual properties, stills of them, and copies that play everywhere."""
