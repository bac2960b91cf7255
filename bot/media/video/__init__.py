"""Video files: what they really are, stills of them, and copies that play everywhere."""
