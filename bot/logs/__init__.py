"""The log: what its lines contain and never contain, and how they are written."""
