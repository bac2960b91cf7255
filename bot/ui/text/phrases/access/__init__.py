"""Sentences about who may do what."""
