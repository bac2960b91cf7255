"""The model catalogue: the shipped file, the operator's own, and what services list."""
