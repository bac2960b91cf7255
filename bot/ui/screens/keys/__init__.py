"""The pages of /keys, each for one member."""
