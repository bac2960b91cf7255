"""What a server does not want to be shown: reported, taken down, kept where it belongs."""
