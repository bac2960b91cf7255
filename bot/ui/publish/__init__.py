"""Posting and updating messages in channels."""
