"""What was changed on a server, by whom, and where its managers can follow that."""
