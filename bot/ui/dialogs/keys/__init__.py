"""The form of /keys."""
