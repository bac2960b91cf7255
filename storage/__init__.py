"""Persistence: jobs, money, messages and rules in one SQL database, and finished files."""
