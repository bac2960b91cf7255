"""`python -m bot setup`: the first settings, asked for one by one, checked free of charge, and written to `.env`."""
