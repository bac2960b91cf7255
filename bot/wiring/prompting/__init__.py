"""The prompt helper: its settings, and what is made of them."""
