"""All sentences that people read, and the formats of values."""
