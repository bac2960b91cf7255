"""The questions before money is spent."""
