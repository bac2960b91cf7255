"""`python -m bot setup`: asks for the first settings one by one, checks them free of charge, and writes `.env`."""
