"""Servers' and members' own keys."""
