"""`python -m bot import`: brings in videos made with another program."""
