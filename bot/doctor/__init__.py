"""`python -m bot doctor` and `python -m bot models`: what the host of a bot asks before, and while, it runs."""
