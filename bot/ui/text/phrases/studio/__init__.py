"""Sentences about continuing, keeping and finding finished videos."""
