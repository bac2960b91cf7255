"""The page about how long videos are kept, and the room they take."""
