"""Kinora: a video studio inside a Discord server. Nothing is imported here, so that no circle can start here."""
