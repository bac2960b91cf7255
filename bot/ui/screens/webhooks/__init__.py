"""The pages of /settings about webhooks."""
