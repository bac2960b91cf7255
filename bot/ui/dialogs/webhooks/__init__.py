"""The form that takes a webhook's address."""
