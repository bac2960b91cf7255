"""The commands: each cog reads arguments, calls one service, shows one card."""
