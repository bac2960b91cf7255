"""The messages about one job."""
