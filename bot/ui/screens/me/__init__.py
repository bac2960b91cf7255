"""The pages of /me, each for one member and only about them."""
