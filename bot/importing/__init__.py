"""Bring in what another program made: `python -m bot import`."""
