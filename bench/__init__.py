"""Benchmarks: each is a module of its own, and `python -m bench` runs them all."""
