"""Policies of polling, simulated with fixed seeds beside each other and beside the best that is possible."""
