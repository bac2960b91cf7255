"""Sentences about going on from finished videos, and about keeping and finding them."""
