"""Threads that begin at the message of a video."""
