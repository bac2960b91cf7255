"""Benchmarks: each is a module, and `python -m bench` runs them all."""
