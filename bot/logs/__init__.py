"""The log: what its lines say and never say, and how they are written."""
