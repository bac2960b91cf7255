"""The pages of /me: for one member's eyes, about nobody else."""
