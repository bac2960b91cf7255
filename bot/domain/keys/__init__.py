"""Keys for video services that servers and members bring."""
