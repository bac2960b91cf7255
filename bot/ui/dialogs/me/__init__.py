"""The forms of /me."""
