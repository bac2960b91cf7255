"""What the host asks of all servers: reconcile, accounts and stats of `python -m bot`."""
