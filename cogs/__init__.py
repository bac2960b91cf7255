"""The commands: each cog reads the arguments, calls one service, and shows one card."""
