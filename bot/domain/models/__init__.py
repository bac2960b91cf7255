"""Models as data: cards, and the catalogue of them."""
