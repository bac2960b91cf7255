"""Figures as columns or bars."""
