"""Ratings, and members' best rated videos."""
