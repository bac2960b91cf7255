"""Answering interactions: in time, to the right people, and with errors explained."""
