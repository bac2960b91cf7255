"""Money: amounts, and what was spent."""
