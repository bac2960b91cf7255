"""The form for a webhook's address."""
