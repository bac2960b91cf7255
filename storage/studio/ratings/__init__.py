"""Ratings, and the videos that members like best."""
