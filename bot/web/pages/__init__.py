"""What the pages outside Discord are made of."""
