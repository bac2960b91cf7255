"""The posts in showcases."""
