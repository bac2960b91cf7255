"""What members do with finished videos: mark them, look closer, go on from them."""
