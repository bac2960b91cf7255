"""Messages to a server that Kinora joins."""
