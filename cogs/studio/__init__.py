"""What members do with finished videos: mark them, look closer, continue them."""
