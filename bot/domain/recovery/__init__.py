"""Orders of which it is not known whether their service took them: what is kept of that."""
