"""What the host can ask about all servers: reconcile, accounts and stats of `python -m bot`."""
