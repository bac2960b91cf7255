"""Text from outside: normalised for matching, and shown without secrets."""
