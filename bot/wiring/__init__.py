"""The composition root: builds everything once, bottom to top."""
