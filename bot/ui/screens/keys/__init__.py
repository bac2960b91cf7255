"""The pages of /keys: for one member's eyes."""
