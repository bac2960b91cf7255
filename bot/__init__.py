"""Kinora: a video studio inside a Discord server. Nothing is imported here, so no import cycle can start here."""
