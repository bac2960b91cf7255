"""Polling policies, simulated with fixed seeds and compared with each other and with the theoretical optimum."""
