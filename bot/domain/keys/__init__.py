"""Keys of video services that servers and members brought themselves."""
