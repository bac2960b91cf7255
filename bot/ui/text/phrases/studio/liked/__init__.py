"""About what members like: ratings and showcases."""
