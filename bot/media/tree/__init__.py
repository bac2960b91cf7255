"""The family of a video as a picture."""
