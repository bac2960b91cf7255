"""Answering interactions: in time, to whom, and what may go wrong."""
