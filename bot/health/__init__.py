"""Whether this process is alive and ready, for monitors, containers and `python -m bot health`."""
