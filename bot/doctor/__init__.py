"""`python -m bot doctor` and `python -m bot models`: answers questions of the host, before and while the bot runs."""
